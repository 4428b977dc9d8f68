"""Prints medians of `milliseconds inertia` lines of two programs and the ratio of their times.

Usage: compare.py <section> <clusters> <eosin's lines> <reference's lines>
"""

import statistics
import sys

section, clusters = sys.argv[1:3]


def median_and_inertias(path):
    with open(path) as lines:
        rows = [tuple(map(float, line.split())) for line in lines]
    times, inertias = zip(*rows)
    return statistics.median(times), statistics.mean(inertias), min(inertias)


ours, our_mean, our_best = median_and_inertias(sys.argv[3])
theirs, their_mean, their_best = median_and_inertias(sys.argv[4])
print(
    f"{section} k={clusters:2}  eosin {ours:7.2f} ms  scikit-learn {theirs:7.2f} ms"
    f"  ratio {theirs / ours:5.1f}"
    f"  inertia mean {our_mean:.1f} / {their_mean:.1f}  best {our_best:.1f} / {their_best:.1f}"
)
