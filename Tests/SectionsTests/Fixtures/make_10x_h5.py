"""Writes the small HDF5 files that FeatureMatrixTests reads, in the layouts of Space Ranger.

Run with h5py: python make_10x_h5.py, in this folder. Three barcodes; counts in barcode order.
"""

import os

import h5py
import numpy as np

barcodes = ["AAAC-1", "AAAG-1", "AAAT-1"]
ids = ["ENSG00000141510", "ENSG00000012048", "ENSG00000000001", "CD3_BARCODE"]
names = ["TP53", "BRCA1", "", "CD3"]
types = ["Gene Expression"] * 3 + ["Antibody Capture"]
# Barcode by barcode: 1 0 2 9, nothing, 0 3 4 0; the entries of the first are not in order.
data, indices, indptr = [9, 1, 2, 3, 4], [3, 0, 2, 1, 2], [0, 3, 3, 5]


def put(group, name, values, **options):
    if isinstance(values[0], str):
        values = np.array(values, dtype="S")
    group.create_dataset(name, data=values, **options)


def matrix(group, data=data, indices=indices, indptr=indptr, shape=(4, 3), barcodes=barcodes):
    put(group, "barcodes", barcodes)
    put(group, "data", np.array(data, "i4"), compression="gzip", chunks=(2,))
    put(group, "indices", np.array(indices, "i8"), compression="gzip", chunks=(2,))
    put(group, "indptr", np.array(indptr, "i8"))
    put(group, "shape", np.array(shape, "i4"))


def version3(name, features=True, **parts):
    with h5py.File(f"10x-h5/{name}.h5", "w") as file:
        group = file.create_group("matrix")
        matrix(group, **parts)
        if features:
            table = group.create_group("features")
            put(table, "id", ids)
            put(table, "name", names)
            put(table, "feature_type", types)
            put(table, "genome", ["GRCh38"] * 4)


def version2(name, genomes):
    with h5py.File(f"10x-h5/{name}.h5", "w") as file:
        for genome, parts in genomes.items():
            group = file.create_group(genome)
            matrix(group, **parts["matrix"])
            put(group, "genes", parts["genes"])
            put(group, "gene_names", parts["names"])


os.makedirs("10x-h5", exist_ok=True)
version3("version-3")
version2("version-2", {"GRCh38": {"matrix": {}, "genes": ids, "names": names}})
version2("two-genomes", {
    "GRCh38": {"matrix": {}, "genes": ids, "names": names},
    "mm10": {
        "matrix": {"data": [5, 6, 7], "indices": [0, 0, 1], "indptr": [0, 1, 3], "shape": (2, 2),
                   "barcodes": ["CCCC-1", "AAAC-1"]},
        "genes": ["ENSMUSG00000059552", "ENSMUSG00000017146"], "names": ["Trp53", "Brca1"],
    },
})
version3("bad-index", indices=[3, 0, 2, 1, 4])
version3("bad-offsets", indptr=[0, 3, 2, 5])
version3("bad-end", indptr=[0, 3, 3, 6])
version3("bad-shape", shape=(5, 3))
version3("bad-count", data=[9, -1, 2, 3, 4])
version3("bad-barcodes", barcodes=["AAAC-1", "AAAG-1", "AAAC-1"])
version3("no-features", features=False)
