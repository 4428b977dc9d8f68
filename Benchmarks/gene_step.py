"""Times steps from gene to gene in the viewer: from the key to the last byte of the answer.

Usage: gene_step.py <eosin> <folder> <section> <columns>x<rows> <color> <steps> one|all|methods

`one` gives all the room to the observed expression, `all` leaves the panels as they open, `methods`
opens two tables of predictions beside them: the counts with noise, each on a panel, and a
difference. The second line of the answer is what the terminal alone takes: a program that does nothing but write
the same bytes after each key.
"""

import glob
import gzip
import math
import os
import random
import statistics
import sys
import tempfile
import tty

from terminal import Terminal, percentile


def line(name, times, sizes):
    return (
        f"  {name:10} median {statistics.median(times):6.2f}  p95 {percentile(times, 95):6.2f}"
        f"  p99 {percentile(times, 99):6.2f}  max {max(times):6.2f} ms"
        f"  {statistics.mean(sizes) / 1000:7.1f} kB a step")


def measure_eosin(command, columns, rows, steps, panels):
    with Terminal(command, columns, rows) as terminal:
        terminal.wait_until_settled()
        if panels == "one":
            # Tab goes from the list to H&E, then to the observed expression; z gives it all room.
            for key in b"\t", b"\t", b"z":
                terminal.answer(key)
        terminal.answer(b"j")
        before = terminal.processor_ticks()
        answers = [terminal.answer(b"j") for _ in range(steps)]
        used = 10 * (terminal.processor_ticks() - before) / steps
        peak, resident = terminal.memory()
    assert all(time is not None for time, _ in answers), "a step was not answered: the list has ended"
    times, written = zip(*answers)
    print(line("eosin", times, list(map(len, written))), f" processor {used:.1f} ms a step",
          f" memory {resident:.0f} MB, at most {peak:.0f}")
    return written


def measure_terminal_alone(answers, columns, rows):
    """The same bytes, written by a program that has them ready."""
    program = [sys.executable, __file__, "--write-back"]
    read_end, write_end = os.pipe()
    os.set_inheritable(read_end, True)
    with Terminal(program, columns, rows, {"ANSWERS": str(read_end)}) as terminal:
        os.close(read_end)
        with os.fdopen(write_end, "wb") as pipe:
            for answer in answers:
                pipe.write(len(answer).to_bytes(4, "little") + answer)
        terminal.wait_until_quiet(200)
        times = [terminal.answer(b"j")[0] for _ in answers]
    print(line("terminal", times, list(map(len, answers))))


def write_back():
    tty.setraw(0)
    answers = []
    with os.fdopen(int(os.environ["ANSWERS"]), "rb") as pipe:
        while size := pipe.read(4):
            answers.append(pipe.read(int.from_bytes(size, "little")))
    os.write(1, b"ready")
    for answer in answers:
        os.read(0, 1)
        while answer:
            answer = answer[os.write(1, answer):]
    os.read(0, 1)


def made_prediction(folder, section, seed, path):
    """Writes ln(1 + count) with noise for every spot and gene."""
    noise = random.Random(seed)
    counts = glob.glob(f"{folder}/**/ST-cnts/{section}.tsv*", recursive=True)[0]
    opened = gzip.open if counts.endswith(".gz") else open
    with opened(counts, "rt") as table, open(path, "w") as made:
        made.write(next(table))
        for row in table:
            spot, *cells = row.rstrip("\n").split("\t")
            values = (f"{math.log1p(float(cell)) + noise.gauss(0, 0.5):.4f}" for cell in cells)
            made.write("\t".join([spot, *values]) + "\n")


def main():
    program, folder, section, size, color, steps, panels = sys.argv[1:]
    columns, rows = map(int, size.split("x"))
    command = [program, "view", folder, "--section", section, "--color", color]
    print(f"{section} {size} {color} {panels} panel{'s' if panels == 'all' else ''}")
    with tempfile.TemporaryDirectory() as made:
        if panels == "methods":
            for seed in range(2):
                made_prediction(folder, section, seed, f"{made}/{seed}.tsv")
                command += ["--predictions", f"Made {seed}={made}/{seed}.tsv"]
        answers = measure_eosin(command, columns, rows, int(steps), panels)
    measure_terminal_alone(answers, columns, rows)


if sys.argv[1] == "--write-back":
    write_back()
else:
    main()
