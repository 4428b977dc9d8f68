"""Prints a line a model from the runs of `benchmarks models`, `encoders` or `training`, and from those
of PyTorch if there are any.

Usage: compare_models.py <which memory is told> <lines of ours> [<lines of PyTorch's>]
"""

import sys
from statistics import median


def runs(path):
    """The numbers of each line, by the name it begins with."""
    found = {}
    for line in open(path):
        name, *numbers = line.split()
        found.setdefault(name, []).append([float(number) for number in numbers])
    return found


ours = runs(sys.argv[2])
reference = runs(sys.argv[3]) if len(sys.argv) > 3 else {}
times, gflop, _ = zip(*ours.pop("sgemm"))
rate = gflop[0] / median(times) * 1000
print(f"sgemm of 1024 by 1024: {rate:.0f} GFLOP/s")
for name, lines in ours.items():
    times, gflop, memory = zip(*lines)
    achieved = gflop[0] / median(times) * 1000
    line = (
        f"{name:10} {median(times):7.1f} ms ({min(times):.1f} to {max(times):.1f})"
        f"  {achieved:4.0f} GFLOP/s  {100 * achieved / rate:3.0f} % of sgemm's"
        f"  {max(memory):4.0f} MB {sys.argv[1]}"
    )
    if name in reference:
        other = [numbers[0] for numbers in reference[name]]
        most = max(numbers[1] if len(numbers) > 1 else 0 for numbers in reference[name])
        line += (
            f"  PyTorch {median(other):7.1f} ms ({min(other):.1f} to {max(other):.1f}):"
            f" {median(other) / median(times):.2f} times"
        )
        if most:
            line += f", {most:.0f} MB"
    print(line)
