"""Measures what opening large sections takes, beside scanpy, and holds it against its budgets.

Usage: opening.py <eosin> <benchmarks> <folder with data>

`PYTHON_SCANPY` is the Python with scanpy. `ROUNDS` (3), `RUNS` a round (3) and `STEPS` (200) change the
size of it; `SPOTS` (200000) and `GENES` (18000) that of the made section, and `GZIP=1` packs it.
"""

import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from first_frame import start
from terminal import Terminal, percentile

program, benchmarks, data = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
python = os.environ["PYTHON_SCANPY"]
here = pathlib.Path(__file__).parent
rounds, runs = int(os.environ.get("ROUNDS", 3)), int(os.environ.get("RUNS", 3))
MB = 1 << 20


def verdict(name, value, unit, budget, is_floor=False):
    """Says whether a figure keeps its budget; a floor is what it must reach."""
    kept = value >= budget if is_floor else value <= budget
    print(f"  {name:44} {value:9.1f} {unit:3} {'at least' if is_floor else 'at most '}"
          f" {budget:7.1f}  {'kept' if kept else 'MISSED'}")


def lines(command):
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [line.split() for line in output.splitlines()]


def process(command):
    """How long a whole process takes, in ms, its output thrown away; None where it fails."""
    begin = time.perf_counter()
    ended = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return None if ended.returncode else 1000 * (time.perf_counter() - begin)


def compare(name, path):
    """Opening and one gene, without the processes' start and with it; gives the entries of counts."""
    gene, ours, theirs, our_process, their_process = "5", [], [], [], []
    reading = [python, here / "open_section.py", path, gene]
    for _ in range(rounds):
        ours += lines([benchmarks, "open", path, gene, str(runs)])
        their_process.append(process([*reading, "1"]))
        if their_process[-1] is not None:
            theirs += lines([*reading, str(runs)])
        our_process.append(process([program, "view", path, "--gene", ours[0][5]]))
    eosin = statistics.median(float(row[0]) for row in ours)
    size = f"{name}: {ours[0][1]} spots x {ours[0][2]} genes"
    if not theirs:
        print(f"{size}  eosin {eosin:.0f} ms, and the Python beside it cannot read it")
        return int(ours[0][3])
    found, expected = ours[0][1:3] + [ours[0][4]], theirs[0][1:]
    scanpy = statistics.median(float(row[0]) for row in theirs)
    print(f"{size}  eosin {eosin:.0f} ms, scanpy {scanpy:.0f} ms")
    same = math.isclose(float(found[2]), float(expected[2]), rel_tol=1e-4, abs_tol=1e-3)
    if found[:2] != expected[:2] or not same:
        print(f"  read differently: {found} and {expected}")
    verdict("times as fast", scanpy / eosin, "", 5, is_floor=True)
    if None in our_process:
        print("  without positions, so not drawn")
    else:
        whole, whole_scanpy = statistics.median(our_process), statistics.median(their_process)
        print(f"  whole processes: eosin {whole:.0f} ms with a frame, scanpy {whole_scanpy:.0f} ms")
        verdict("times as fast, whole processes", whole_scanpy / whole, "", 5, is_floor=True)
    return int(ours[0][3])


def look(name, path, entries, frame, step, memory):
    """The first frame, steps from gene to gene, and the most memory, against their budgets."""
    command = [program, "view", str(path), "--fresh"]
    # The colour bar's limits, there once expression is; names of genes may be sent in pieces.
    frames = [start(command, 120, 40, ["p1–p99".encode()], 30_000) for _ in range(rounds + 1)][1:]
    first = statistics.median(seen["GENES ON SCREEN"] for seen, _ in frames)
    with Terminal(command, 120, 40) as terminal:
        terminal.wait_until_quiet(2_000, first=30_000)
        terminal.wait_until_settled()
        terminal.answer(b"j")
        times = [terminal.answer(b"j")[0] for _ in range(int(os.environ.get("STEPS", 200)))]
        peak, resident = terminal.memory()
    print(f"{name} in the viewer, {entries} entries, {resident:.0f} MB when settled")
    verdict("first frame with expression", first, "ms", frame)
    verdict("gene step, p99", percentile(times, 99), "ms", step)
    verdict("most memory", peak, "MB", memory)


def main():
    visium = data / "visium"
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made)
        for name, counts in ("h5", "filtered_feature_bc_matrix.h5"), ("mtx", "filtered_feature_bc_matrix"):
            (folder / name).mkdir()
            (folder / name / counts).symlink_to((visium / counts).resolve())
            (folder / name / "spatial").symlink_to((visium / "spatial").resolve())
        entries = compare("visium, h5", folder / "h5")
        compare("visium, mtx", folder / "mtx")
        for file in sorted((data / "h5ad").glob("*.h5ad")):
            compare(file.name, file)
        look("visium", folder / "h5", entries, 400, 16, 1.5 * 8 * entries / MB + 100)

        large = folder / "large.h5ad"
        shape = [os.environ.get("SPOTS", "200000"), os.environ.get("GENES", "18000")]
        packed = ["gzip"] if os.environ.get("GZIP") else []
        subprocess.run([python, here / "make_h5ad.py", large, *shape, *packed], check=True)
        entries = int(lines([benchmarks, "open", large, "100", "1"])[0][3])
        look(f"{' x '.join(shape)} {' '.join(packed)}", large, entries, 2000, 100, 2048)


main()
