"""Writes a large synthetic section as AnnData does: make_h5ad.py <file> <spots> <genes> [gzip]

A compressed sparse matrix by spot with 3 % of all entries, 32-bit floats that are whole numbers, in
one piece or in gzipped chunks as anndata writes them, and positions on a square lattice. The same at
every run.
"""

import math
import sys

import h5py
import numpy

DENSITY, BLOCK = 0.03, 2_000
path, spots, genes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
options = {"compression": "gzip", "compression_opts": 4} if sys.argv[4:] == ["gzip"] else {}
numbers = numpy.random.default_rng(7)


def rows(count):
    """Which genes are seen at some spots, and how many at each: gaps between them are geometric."""
    most = int(genes * DENSITY + 12 * math.sqrt(genes * DENSITY)) + 8
    places = numbers.geometric(DENSITY, (count, most)).cumsum(axis=1) - 1
    seen = places < genes
    return places[seen].astype("int32"), seen.sum(axis=1)


def table(file, name, index):
    group = file.create_group(name)
    group.attrs.update({
        "encoding-type": "dataframe", "encoding-version": "0.2.0", "_index": "_index",
        "column-order": numpy.array([], h5py.string_dtype())})
    column = group.create_dataset("_index", data=index, dtype=h5py.string_dtype())
    column.attrs.update({"encoding-type": "string-array", "encoding-version": "0.2.0"})


with h5py.File(path, "w") as file:
    file.attrs.update({"encoding-type": "anndata", "encoding-version": "0.1.0"})
    lengths = [numpy.zeros(1, "int64")]
    matrix = file.create_group("X")
    matrix.attrs.update({
        "encoding-type": "csr_matrix", "encoding-version": "0.1.0", "shape": [spots, genes]})
    parts = [rows(min(BLOCK, spots - start)) for start in range(0, spots, BLOCK)]
    total = sum(len(indices) for indices, _ in parts)
    data = matrix.create_dataset("data", (total,), "float32", **options)
    indices = matrix.create_dataset("indices", (total,), "int32", **options)
    start = 0
    for places, counts in parts:
        indices[start:start + len(places)] = places
        data[start:start + len(places)] = numbers.geometric(0.6, len(places)).astype("float32")
        lengths.append(counts)
        start += len(places)
    matrix["indptr"] = numpy.concatenate(lengths).cumsum()
    table(file, "obs", [f"S{spot:06}-1" for spot in range(spots)])
    table(file, "var", [f"GENE{gene}" for gene in range(genes)])
    side = math.ceil(math.sqrt(spots))
    places = numpy.stack(numpy.divmod(numpy.arange(spots), side)[::-1], axis=1)
    spatial = file.create_group("obsm").create_dataset("spatial", data=places * 20.0)
    spatial.attrs.update({"encoding-type": "array", "encoding-version": "0.2.0"})
