"""Times the viewer's start, from the making of its process to the frame with the section's image.

Usage: first_frame.py <eosin> <folder> <section> <columns>x<rows> <rounds>

Each round has folders of its own, so that nothing is remembered; one more round, which is not
counted, fills the system's file cache. Beside it runs a program that does nothing but write one
line: what process and terminal take by themselves.
"""

import json
import re
import statistics
import subprocess
import sys
import tempfile

from terminal import FRAME_END, Terminal

ESCAPE_SEQUENCE = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]")
SCALE_BAR = "━".encode()  # below the image, once it is there


def genes_on_top(program, folder, section):
    """The genes that the list begins with."""
    listing = subprocess.run(
        [program, "genes", folder, "--section", section, "--top", "5", "--json"],
        capture_output=True, check=True)
    return [row["gene"].encode() for row in json.loads(listing.stdout)]


def start(command, columns, rows, genes, patience=3_000):
    """Runs the viewer once: what was reached when, in ms, and its memory once all is done.

    What does not come within `patience` ms of what came before is waited for no longer."""
    seen, shown, pending = {}, b"", b""
    with tempfile.NamedTemporaryFile("r") as trace:
        with Terminal(command, columns, rows, {"EOSIN_TRACE": trace.name}) as terminal:
            # A section without an image has the frame with the genes as its last.
            while "image on screen" not in seen and (chunk := terminal.read(patience)):
                now = terminal.now()
                seen.setdefault("first byte", now)
                pending += chunk
                while FRAME_END in pending:
                    frame, _, pending = pending.partition(FRAME_END)
                    shown += ESCAPE_SEQUENCE.sub(b"", frame)
                    if all(gene in shown for gene in genes):
                        seen.setdefault("GENES ON SCREEN", now)
                    if SCALE_BAR in shown:
                        seen.setdefault("image on screen", now)
            assert "GENES ON SCREEN" in seen, "the genes never came"
            terminal.wait_until_settled()
            memory = terminal.memory()
        for line in trace:
            time, _, stage = line.rstrip("\n").partition(" ")
            seen.setdefault(f". {stage}", float(time) - 1000 * terminal.start)
    return seen, memory


def echo(columns, rows):
    with Terminal(["echo", "ready"], columns, rows) as terminal:
        return terminal.wait_until_quiet(20)[0]


def main():
    program, folder, section, size, rounds = sys.argv[1:]
    columns, rows = map(int, size.split("x"))
    genes = genes_on_top(program, folder, section)
    command = [program, "view", folder, "--section", section]
    runs, echoes = [], []
    for round in range(-1, int(rounds)):
        run, echoed = start(command, columns, rows, genes), echo(columns, rows)
        if round >= 0:
            runs.append(run)
            echoes.append(echoed)

    print(f"{section} {size}, ms since the process was made, {len(runs)} rounds")
    print(f"  {'':20} {'median':>8} {'fastest':>8} {'slowest':>8}")
    stages = {stage: [seen[stage] for seen, _ in runs if stage in seen] for stage in runs[0][0]}
    stages["(echo: its line)"] = echoes
    for stage, times in sorted(stages.items(), key=lambda item: statistics.median(item[1])):
        print(f"  {stage:20} {statistics.median(times):8.1f} {min(times):8.1f} {max(times):8.1f}")
    peak = max(memory[0] for _, memory in runs)
    print(f"  memory {max(memory[1] for _, memory in runs):.0f} MB when settled, at most {peak:.0f}")


if __name__ == "__main__":
    main()
