"""Prints the medians of two programs' readings and their ratio, having checked that both read the same.

Usage: compare_reading.py <name> <eosin's lines> <pandas' lines>
"""

import statistics
import sys


def times_and_contents(path):
    with open(path) as lines:
        rows = [tuple(map(float, line.split())) for line in lines]
    return [row[0] for row in rows], {row[1:] for row in rows}


ours, our_contents = times_and_contents(sys.argv[2])
theirs, their_contents = times_and_contents(sys.argv[3])
if our_contents != their_contents:
    sys.exit(f"{sys.argv[1]}: read differently: {our_contents} and {their_contents}")
(spots, genes, _), = our_contents
eosin, pandas = statistics.median(ours), statistics.median(theirs)
print(
    f"{sys.argv[1]}: {spots:.0f} spots x {genes:.0f} genes  eosin {eosin:.1f} ms"
    f" ({min(ours):.1f} to {max(ours):.1f})  pandas {pandas:.1f} ms"
    f" ({min(theirs):.1f} to {max(theirs):.1f})  ratio {pandas / eosin:.1f}"
)
