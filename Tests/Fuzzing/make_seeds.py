"""Makes the small HDF5 and Parquet files that fuzzing begins with: make_seeds.py <folder>

Needs NumPy, SciPy, pandas, h5py, anndata and pyarrow. The folder's `h5` holds files as Cell Ranger,
AnnData and others write them, a few spots and genes each; `parquet` holds positions as Space Ranger
writes them.
"""

import pathlib
import sys

import anndata
import h5py
import numpy
import pandas
import pyarrow
import pyarrow.parquet
import scipy.sparse

folder = pathlib.Path(sys.argv[1])
(folder / "h5").mkdir(parents=True, exist_ok=True)
(folder / "parquet").mkdir(parents=True, exist_ok=True)
numbers = numpy.random.default_rng(1)
SPOTS, GENES = 6, 5
barcodes = [f"AAAC{spot:04}-1" for spot in range(SPOTS)]
genes = ["FASN", "GNAS", "SCD", "FN1", "ACTB"]
counts = scipy.sparse.random(SPOTS, GENES, 0.4, "csr", numpy.float32, numbers)
counts.data[:] = numbers.integers(1, 9, counts.nnz)


def ten_x(name, **options):
    with h5py.File(folder / "h5" / name, "w") as file:
        file.attrs["filetype"] = "matrix"
        matrix = file.create_group("matrix")
        matrix["barcodes"] = numpy.array(barcodes, "S")
        matrix["shape"] = numpy.array([GENES, SPOTS], "int32")
        for part in ("data", "indices", "indptr"):
            values = getattr(counts, part).astype("int32" if part == "data" else "int64")
            matrix.create_dataset(part, data=values, **options)
        features = matrix.create_group("features")
        features["name"] = numpy.array(genes, "S")
        features["id"] = numpy.array([f"ENSG{gene}" for gene in range(GENES)], "S")
        features["feature_type"] = numpy.array(["Gene Expression"] * GENES, "S")
        features["genome"] = numpy.array(["GRCh38"] * GENES, "S")


def annotated(name, X, **options):
    spots = pandas.DataFrame(
        {"label": pandas.Categorical(["a", "b", "a", None, "b", "a"]), "total": numbers.random(SPOTS),
         "in_tissue": [True, False] * 3, "text": list("uvwxyz")},
        index=barcodes)
    data = anndata.AnnData(X, spots, pandas.DataFrame({"id": list("ABCDE")}, index=genes))
    data.obsm["spatial"] = numbers.random((SPOTS, 2)) * 1000
    data.layers["counts"] = counts
    data.uns["spatial"] = {
        "library": {
            "images": {"lowres": numbers.random((4, 5, 3)).astype("float32")},
            "scalefactors": {"tissue_lowres_scalef": 0.05, "spot_diameter_fullres": 89.4}}}
    data.write_h5ad(folder / "h5" / name, **options)


ten_x("10x-plain.h5")
ten_x("10x-gzip.h5", chunks=(4,), compression="gzip", shuffle=True)
ten_x("10x-lzf.h5", chunks=(4,), compression="lzf", fletcher32=True)
annotated("csr.h5ad", counts)
annotated("csc-gzip.h5ad", counts.tocsc(), compression="gzip")
annotated("dense-lzf.h5ad", counts.toarray(), compression="lzf")
with h5py.File(folder / "h5" / "old.h5ad", "w") as file:  # as anndata 0.6 wrote: tables of records
    file["X"] = counts.toarray()
    file["obs"] = numpy.array(
        [(name.encode(), 0.5, spot % 2) for spot, name in enumerate(barcodes)],
        [("index", "S10"), ("total", "f4"), ("label", "i1")])
    file["var"] = numpy.array([(name.encode(),) for name in genes], [("index", "S10")])
    file["obsm"] = numpy.array([([1.5, 2.5],)] * SPOTS, [("X_spatial", "f8", (2,))])

positions = pandas.DataFrame({
    "barcode": [f"s_008um_{spot:05}_00000-1" for spot in range(SPOTS)], "in_tissue": [1, 0] * 3,
    "array_row": range(SPOTS), "array_col": range(SPOTS),
    "pxl_row_in_fullres": numbers.random(SPOTS) * 1000,
    "pxl_col_in_fullres": [1.0, None, 3.0, 4.0, 5.0, 6.0]})
for compression in ("none", "snappy", "gzip", "zstd"):
    for version, dictionary in (("1.0", True), ("2.0", False)):
        pyarrow.parquet.write_table(
            pyarrow.Table.from_pandas(positions, preserve_index=False),
            folder / "parquet" / f"{compression}-{version}.parquet", compression=compression,
            data_page_version=version, use_dictionary=dictionary, row_group_size=4,
            store_schema=False)
