"""Times scikit-learn's KMeans as `benchmarks kmeans` times Eosin's: same file, same arguments.

Usage: kmeans.py <file> <dimensions> <clusters> <restarts> <seed> <runs>
Prints a line a run: milliseconds and inertia.
"""

import sys
import time

import numpy
from sklearn.cluster import KMeans

path = sys.argv[1]
dimensions, clusters, restarts, seed, runs = map(int, sys.argv[2:])
block = numpy.fromfile(path, dtype="<f4").reshape(-1, dimensions)
for run in range(-1, runs):
    start = time.perf_counter()
    model = KMeans(clusters, n_init=restarts, random_state=seed + max(run, 0)).fit(block)
    taken = time.perf_counter() - start
    if run >= 0:
        print(1000 * taken, model.inertia_)
