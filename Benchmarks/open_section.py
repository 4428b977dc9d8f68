"""Times scanpy's reading of a section as `benchmarks open` times Eosin's.

Usage: open_section.py <folder or file> <gene's number, from 0> <runs>
Prints a line a run: milliseconds, spots, genes and the sum of the gene's values. A folder with
`spatial` is read by `scanpy.read_visium`, or where it holds no HDF5 file by `scanpy.read_10x_mtx`, and
a file by `anndata.read_h5ad`.
"""

import pathlib
import sys
import time
import warnings

warnings.simplefilter("ignore")
import anndata
import numpy
import scanpy


def read(path):
    if path.is_file():
        return anndata.read_h5ad(path)
    if list(path.glob("*.h5")):
        return scanpy.read_visium(path)
    return scanpy.read_10x_mtx(path / "filtered_feature_bc_matrix")


path, gene, runs = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
for run in range(-1 if runs > 1 else 0, runs):
    start = time.perf_counter()
    section = read(path)
    values = section.X[:, gene]
    values = values.toarray() if hasattr(values, "toarray") else values
    taken = time.perf_counter() - start
    if run >= 0:
        print(1000 * taken, *section.shape, float(numpy.nansum(values)))
