"""Makes the AnnData files that AnnDataReaderTests read, in this folder.

Made with anndata 0.12.19, h5py 3.16.0, NumPy 2.4.6, pandas 2.3.3 and SciPy 1.17.1. What anndata no
longer writes, the forms of 0.5 and 0.7, is written with h5py as those versions wrote it.
Run in this folder: python make_anndata.py

The counts of spot s and gene g are (7 s + 3 g) mod 5, so that the tests need no copy of them.
"""

import json

import anndata
import h5py
import numpy as np
import pandas as pd
from scipy import sparse

anndata.settings.allow_write_nullable_strings = True
SPOTS, GENES = 12, 8
counts = np.array([[(7 * s + 3 * g) % 5 for g in range(GENES)] for s in range(SPOTS)], "f4")
spots = [f"SPOT{s}-1" for s in range(SPOTS)]
genes = [f"GENE{g}" for g in range(GENES)]
rows, columns = np.arange(SPOTS) // 4, np.arange(SPOTS) % 4
places = np.stack([columns * 100 + 50, rows * 100 + 70], 1)
labels = pd.Categorical.from_codes(
    [0, 1, 2, -1] * 3, ["tumour", "immune", "stroma"], ordered=False)


def table(names, **values):
    return pd.DataFrame(values, index=names)


def picture(height, width, dtype):
    image = np.arange(height * width * 3).reshape(height, width, 3) % 256
    return image.astype("u1") if dtype == "u1" else (image / 255).astype(dtype)


def library(height, width):
    return {
        "images": {"hires": picture(height, width, "u1"), "lowres": picture(5, 6, "f4")},
        "scalefactors": {
            "tissue_hires_scalef": 0.05, "tissue_lowres_scalef": 0.015,
            "spot_diameter_fullres": 55.0, "fiducial_diameter_fullres": 90.0},
        "metadata": {"software_version": "spaceranger-1.0"},
    }


def placed(matrix, obs=None, var=None, **parts):
    obs = table(spots) if obs is None else obs
    var = table(genes) if var is None else var
    return anndata.AnnData(matrix, obs=obs, var=var, obsm={"spatial": places}, **parts)


# Everything a Visium section has, csr and gzip.
obs = table(
    spots, in_tissue=[1] * 11 + [0], array_row=rows, array_col=columns * 2 + rows % 2,
    pathologist=labels, size=np.arange(SPOTS) / 2,
    batch=pd.array([1, None] * 6, "Int64"), good=pd.array([True, None] * 6, "boolean"),
    note=pd.array(["a", None, "b"] * 4, "string"), flag=[True, False] * 6)
data = placed(sparse.csr_matrix(counts), obs)
data.uns["spatial"] = {"LIB1": library(20, 30)}
predicted = np.full((SPOTS, GENES), np.nan, "f4")
predicted[:, 1] = np.arange(SPOTS) / 4
predicted[:, 5] = 1
predicted[3, 5] = np.nan
data.layers["THItoGene"] = predicted
data.layers["Mine"] = sparse.csc_matrix(counts / 2)
data.obsm["panel"] = table(spots, GENE2=np.arange(SPOTS, dtype="f4"), GENE7=np.ones(SPOTS, "f4"))
data.obsm["X_pca"] = np.zeros((SPOTS, GENES), "f4")
data.uns["eosin"] = {
    "section": "C2", "patient": "C", "platform": "Visium",
    "methods": {"THItoGene": json.dumps({"normalization": "released", "protocol": "A to B"})}}
data.write_h5ad("visium.h5ad", compression="gzip")

# By gene, LZF, integers.
placed(sparse.csc_matrix(counts.astype("i8"))).write_h5ad("csc.h5ad", compression="lzf")

# X is logged, counts are a dense layer.
data = placed(np.log1p(counts), layers={"counts": counts.astype("i2")})
data.write_h5ad("dense.h5ad", compression="gzip")

# X is scaled, of four genes; counts of all are in raw.
data = placed(sparse.csr_matrix(counts))
data.raw = data
data = data[:, 2:6].copy()
data.X = data.X.toarray() - 1.5
data.write_h5ad("raw.h5ad")

# Fractions and nothing else, NaN among them.
values = counts / 4
values[2, 3] = np.nan
placed(values).write_h5ad("fractions.h5ad")

# Two sections, their spots in turn.
obs = table(spots, library_id=pd.Categorical(["L2", "L1"] * 6), donor=["p2", "p1"] * 6,
            pathologist=labels)
data = placed(sparse.csr_matrix(counts), obs)
data.uns["spatial"] = {"L1": library(10, 12), "L2": library(14, 16)}
data.write_h5ad("sections.h5ad")

# Two pictures, and no column that says whose spots are whose.
del data.obs["library_id"]
data.write_h5ad("libraries.h5ad")

# No X at all.
anndata.AnnData(
    None, obs=table(spots), var=table(genes), obsm={"spatial": places},
    layers={"raw_counts": sparse.csr_matrix(counts)}).write_h5ad("no_x.h5ad")

# Ensembl identifiers in the index, symbols beside; one repeated, one missing.
identifiers = [f"ENSG{g:011d}.{g}" for g in range(GENES)]
symbols = pd.Categorical(["FASN", "GNAS", "FASN", None] + [f"S{g}" for g in range(4, GENES)])
placed(sparse.csr_matrix(counts), var=table(identifiers, feature_name=symbols)).write_h5ad(
    "ensembl.h5ad")

# Positions in other places: a table in obsm, columns of obs, the array alone, none.
data = anndata.AnnData(
    counts, obs=table(spots), var=table(genes),
    obsm={"spatial": table(spots, x=places[:, 0] * 1.0, y=places[:, 1] * 1.0)})
data.write_h5ad("positions_table.h5ad")
anndata.AnnData(
    counts, obs=table(spots, x=places[:, 0] / 2, y=[np.nan] + list(places[1:, 1] / 2)),
    var=table(genes)).write_h5ad("positions_columns.h5ad")
anndata.AnnData(
    counts, obs=table(spots, array_row=rows, array_col=columns * 2 + rows % 2),
    var=table(genes)).write_h5ad("positions_array.h5ad")
anndata.AnnData(counts, obs=table(spots), var=table(genes)).write_h5ad("positions_none.h5ad")

# Names that are there twice, and an element and a column that nobody knows.
data = placed(counts, table(["A", "B"] * 6), table(["G", "H"] * 4))
data.write_h5ad("repeated.h5ad")
with h5py.File("repeated.h5ad", "a") as file:
    file["extra"] = 1
    file["obs"].create_group("odd").attrs["encoding-type"] = "awkward-array"
    file["obs"].attrs.create("column-order", ["odd"], dtype=h5py.string_dtype())


def write_sparse(group, matrix, old=False):
    if old:
        group.attrs["h5sparse_format"] = "csr"
        group.attrs["h5sparse_shape"] = matrix.shape
    else:
        group.attrs["encoding-type"] = "csr_matrix"
        group.attrs["encoding-version"] = "0.1.0"
        group.attrs["shape"] = matrix.shape
    group["data"], group["indices"] = matrix.data, matrix.indices
    group["indptr"] = matrix.indptr


# anndata 0.7: categories beside the columns.
with h5py.File("version_0_7.h5ad", "w") as file:
    write_sparse(file.create_group("X"), sparse.csr_matrix(counts))
    for name, names in (("obs", spots), ("var", genes)):
        group = file.create_group(name)
        group.attrs["encoding-type"], group.attrs["encoding-version"] = "dataframe", "0.1.0"
        group.attrs["_index"] = "_index"
        group.create_dataset("_index", data=names, dtype=h5py.string_dtype())
        group.attrs.create(
            "column-order", ["pathologist"] if name == "obs" else [], dtype=h5py.string_dtype())
    group = file.create_group("obs/__categories")
    kept = group.create_dataset(
        "pathologist", data=list(labels.categories), dtype=h5py.string_dtype())
    kept.attrs["ordered"] = False
    codes = file["obs"].create_dataset("pathologist", data=labels.codes)
    codes.attrs["categories"] = kept.ref
    file["obsm/spatial"] = places

# anndata 0.5: tables of rows.
with h5py.File("version_0_5.h5ad", "w") as file:
    file["X"] = np.log1p(counts)
    write_sparse(file.create_group("raw.X"), sparse.csr_matrix(counts), old=True)
    names = np.array([g.encode() for g in genes], [("index", "S5")])
    file["var"], file["raw.var"] = names, names
    obs = np.zeros(SPOTS, [("index", "S8"), ("pathologist", "i1"), ("size", "<f4")])
    obs["index"], obs["pathologist"] = [s.encode() for s in spots], labels.codes
    file["obs"] = obs
    arrays = np.zeros(SPOTS, [("X_pca", "<f4", (3,)), ("spatial", "<f8", (2,))])
    arrays["spatial"] = places
    file["obsm"] = arrays
    file["uns/pathologist_categories"] = np.array([c.encode() for c in labels.categories])


# Damaged ones, each with one thing wrong.
def damaged(name, change):
    placed(sparse.csr_matrix(counts), table(spots, label=labels)).write_h5ad(name)
    with h5py.File(name, "a") as file:
        change(file)


def put(path, values):
    def change(file):
        del file[path]
        file[path] = values
    return change


def claim(file):
    del file["X/data"], file["X/indices"]
    for name, dtype in (("data", "f4"), ("indices", "i4")):
        file["X"].create_dataset(name, (1 << 40,), dtype, chunks=(1 << 20,), compression="gzip")
    offsets = file["X/indptr"][:].astype("i8")
    offsets[-1] = 1 << 40
    del file["X/indptr"]
    file["X/indptr"] = offsets


matrix = sparse.csr_matrix(counts)
damaged("bad_gene.h5ad", put("X/indices", np.where(matrix.indices == 7, 900, matrix.indices)))
damaged("bad_negative.h5ad", put("X/indices", np.where(matrix.indices == 7, -1, matrix.indices)))
damaged("bad_offsets.h5ad", put(
    "X/indptr", np.concatenate([matrix.indptr[:3], [0], matrix.indptr[4:]])))
damaged("bad_offset_end.h5ad", put("X/indptr", matrix.indptr + np.arange(SPOTS + 1) // SPOTS))
damaged("bad_code.h5ad", put("obs/label/codes", np.array([0, 1, 9] * 4, "i1")))
damaged("bad_label_length.h5ad", put("obs/label/codes", np.array([0, 1], "i1")))
damaged("bad_places.h5ad", put("obsm/spatial", places[:5]))
damaged("bad_sizes.h5ad", lambda file: file["X"].attrs.modify("shape", (12, 9)))
damaged("bad_encoding.h5ad", lambda file: file["X"].attrs.modify("encoding-type", "coo_matrix"))
damaged("bad_claim.h5ad", claim)
damaged("bad_no_var.h5ad", lambda file: file.__delitem__("var"))
