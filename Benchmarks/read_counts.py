"""Times pandas' reading of a table of counts as `benchmarks read` times Eosin's.

Usage: read_counts.py <table of counts> <runs>
Prints a line a run: milliseconds, spots, genes and the sum of all counts.
"""

import sys
import time

import pandas

path, runs = sys.argv[1], int(sys.argv[2])
for run in range(-1, runs):
    start = time.perf_counter()
    table = pandas.read_csv(path, sep="\t", index_col=0)
    taken = time.perf_counter() - start
    if run >= 0:
        print(1000 * taken, *table.shape, float(table.to_numpy().sum()))
