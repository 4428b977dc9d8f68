"""Opens .h5ad files in anndata and scanpy and compares every value; a warning is a failure.

    python3 -m venv /tmp/anndata && /tmp/anndata/bin/pip install anndata scanpy
    EOSIN_ANNDATA_PYTHON=/tmp/anndata/bin/python swift test --filter AnnData

runs it on a section made up by the tests. By hand, on whatever `eosin convert` wrote:

    check_h5ad.py st FILE.h5ad DATASET SECTION [METHOD=PREDICTIONS.tsv …]
        the counts, positions and labels in the data set's own files, read here by pandas, and what
        `eosin predict --output` wrote of each method
    check_h5ad.py same FIRST.h5ad SECOND.h5ad
        two files have the same values, whoever wrote them
    check_h5ad.py make FILE.h5ad
        writes a section by anndata itself, to be converted by Eosin and compared with `same`
    check_h5ad.py expect FILE.h5ad EXPECTED.json
        what the tests do

Each of them but `make` draws the file by scanpy too, and by squidpy where that is installed.
"""

import json
import pathlib
import sys
import warnings

import matplotlib

matplotlib.use("Agg")

with warnings.catch_warnings():
    # What other packages say of each other as they are loaded is not about the file.
    warnings.simplefilter("ignore")
    import anndata
    import numpy as np
    import pandas as pd
    import scanpy
    import scipy.sparse

    try:
        import squidpy
    except ImportError:
        squidpy = None


def dense(matrix):
    return matrix.toarray() if scipy.sparse.issparse(matrix) else np.asarray(matrix)


def opened(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = anndata.read_h5ad(path)
        # Twice: what is read only when asked for is read too.
        backed = anndata.read_h5ad(path, backed="r")
        assert backed.shape == data.shape
        backed.file.close()
    return data


def check_equal(found, expected, what):
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape, f"{what}: {found.shape}, not {expected.shape}"
    same = (found == expected) | (np.isnan(found.astype(float)) & np.isnan(expected.astype(float)))
    if not same.all():
        place = tuple(int(index[0]) for index in np.nonzero(~same))
        raise AssertionError(f"{what} at {place}: {found[place]}, not {expected[place]}")


def check_categories(data, name, labels, colors=None):
    column = data.obs[name]
    assert isinstance(column.dtype, pd.CategoricalDtype), f"{name} is {column.dtype}"
    found = [None if pd.isna(label) else label for label in column]
    assert found == labels, f"{name}: {found[:5]}, not {labels[:5]}"
    written = list(data.uns[f"{name}_colors"])
    assert len(written) == len(column.cat.categories)
    assert all(matplotlib.colors.is_color_like(color) for color in written)
    if colors is not None:
        assert written == colors, f"{name}_colors: {written}, not {colors}"


def check_uses(data):
    """What people do next works, and changes nothing about its meaning."""
    data = data.copy()
    assert scipy.sparse.isspmatrix_csr(data.X) or scipy.sparse.issparse(data.X), type(data.X)
    assert data.X.has_canonical_format or data.X.has_sorted_indices
    library = next(iter(data.uns["spatial"]), None) if "spatial" in data.uns else None
    with warnings.catch_warnings():
        # Of what scanpy and squidpy call inside only themselves are to blame, not the file.
        warnings.simplefilter("ignore")
        if library is not None:
            scales = data.uns["spatial"][library]["scalefactors"]
            assert scales["spot_diameter_fullres"] > 0
            for name in [None, *data.obs.select_dtypes("category").columns][:3]:
                scanpy.pl.spatial(data, color=name, show=False)
                matplotlib.pyplot.close("all")
            images = data.uns["spatial"][library]["images"]
            if "hires" in images:
                picture, scale = images["hires"], scales["tissue_hires_scalef"]
                assert picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[2] == 3
                assert max(picture.shape) <= 2000
                inside = data.obsm["spatial"] * scale
                assert (inside[:, 0] <= picture.shape[1] + 1).mean() > 0.9
                assert (inside[:, 1] <= picture.shape[0] + 1).mean() > 0.9
            if squidpy is not None and "hires" in images:
                squidpy.pl.spatial_scatter(data, color=None)
                matplotlib.pyplot.close("all")
        totals = np.asarray(data.X.sum(axis=1)).ravel()
        scanpy.pp.calculate_qc_metrics(data, inplace=True, percent_top=None)
        assert np.allclose(data.obs["total_counts"], totals)
        scanpy.pp.normalize_total(data, target_sum=1e4)
        scanpy.pp.log1p(data)


def expect(path, expected_path):
    expected = json.loads(pathlib.Path(expected_path).read_text())
    data = opened(path)
    assert list(data.obs_names) == expected["spots"]
    assert list(data.var_names) == expected["genes"]
    assert data.X.dtype == np.float32
    check_equal(dense(data.X), np.array(expected["counts"], dtype="float32"), "X")
    assert sorted(data.layers) == sorted(expected["layers"])
    for name, values in expected["layers"].items():
        assert data.layers[name].dtype == np.float32
        check_equal(data.layers[name], np.array(values, dtype="float32"), f"layer {name}")
    for name, part in expected["categories"].items():
        check_categories(data, name, part["labels"], part["colors"])
    check_equal(data.obsm["spatial"], expected["positions"], "positions")
    check_equal(data.obs["array_row"], expected["rows"], "array_row")
    check_equal(data.obs["array_col"], expected["columns"], "array_col")
    check_equal(data.obs["in_tissue"], np.ones(data.n_obs), "in_tissue")
    if "picture" in expected:
        library = data.uns["spatial"][expected["section"]]
        check_equal(library["images"]["hires"], expected["picture"], "image")
        for name, value in expected["scalefactors"].items():
            assert np.isclose(library["scalefactors"][name], value, rtol=1e-12), name
    eosin = data.uns["eosin"]
    assert eosin["version"] == expected["version"] and eosin["section"] == expected["section"]
    for name in data.layers:
        protocol = json.loads(eosin["methods"][name])
        assert protocol == expected["protocols"][name], protocol
    check_uses(data)


def st(path, folder, section, *predictions):
    data = opened(path)
    folder = pathlib.Path(folder)
    folder = folder / "data" if (folder / "data").is_dir() else folder

    def table(stem):
        found = sorted(folder.glob(stem + ".*"))
        return pd.read_csv(found[0], sep="\t", index_col=None) if found else None

    counts = table(f"ST-cnts/{section}").set_index("Unnamed: 0")
    counts = counts.loc[data.obs_names]
    assert list(counts.columns) == list(data.var_names)
    check_equal(dense(data.X), counts.to_numpy(dtype="float32"), "X")
    places = data.obs[["array_col", "array_row"]].apply(tuple, axis=1).tolist()
    spots = table(f"ST-spotfiles/{section}_selection")
    if spots is not None:
        spots = spots.set_index(["x", "y"]).loc[places]
        check_equal(data.obsm["spatial"], spots[["pixel_x", "pixel_y"]].to_numpy(), "positions")
    labels = table(f"ST-pat/lbl/{section}_labeled_coordinates")
    if labels is not None:
        labels = labels.dropna(subset=["x", "y"])
        keys = zip(labels["x"].round().astype(int), labels["y"].round().astype(int))
        known = dict(zip(keys, labels["label"]))
        check_categories(data, "pathologist", [known.get(place) for place in places])
    for argument in predictions:
        name, file = argument.split("=", 1)
        separator = "," if file.endswith(".csv") else "\t"
        values = pd.read_csv(file, sep=separator, index_col=0).loc[data.obs_names]
        layer = pd.DataFrame(data.layers[name], data.obs_names, data.var_names)
        shared = [gene for gene in values.columns if gene in layer.columns]
        check_equal(layer[shared], values[shared].to_numpy(dtype="float32"), f"layer {name}")
        assert layer.drop(columns=shared).isna().all(axis=None)
        print(f"{name}: {len(shared)} genes, {layer.notna().to_numpy().sum()} values")
    check_uses(data)
    print(f"{path}: {data.n_obs} spots, {data.n_vars} genes, {data.X.nnz} counts are the same")


def same(first_path, second_path):
    first, second = opened(first_path), opened(second_path)
    assert list(first.obs_names) == list(second.obs_names), "spots differ"
    assert list(first.var_names) == list(second.var_names), "genes differ"
    check_equal(dense(first.X), dense(second.X), "X")
    assert sorted(first.layers) == sorted(second.layers), "layers differ"
    for name in first.layers:
        check_equal(dense(first.layers[name]), dense(second.layers[name]), f"layer {name}")
    # Scaled to the picture and back again.
    assert np.allclose(first.obsm["spatial"], second.obsm["spatial"], rtol=1e-12), "positions differ"
    shared = [name for name in first.obs.select_dtypes("category").columns if name in second.obs]
    for name in shared:
        labels = [None if pd.isna(label) else label for label in first.obs[name]]
        check_categories(second, name, labels)
    check_uses(second)
    print(f"{second_path}: X, {len(first.layers)} layers and {len(shared)} categories are the same")


def make(path):
    """A small section on a hexagonal array, as Space Ranger's would come out of scanpy."""
    random = np.random.default_rng(0)
    rows, columns = np.divmod(np.arange(20 * 15), 15)
    columns = 2 * columns + rows % 2
    counts = random.poisson(0.7, size=(len(rows), 40)).astype("float32")
    data = anndata.AnnData(scipy.sparse.csr_matrix(counts))
    data.obs_names = [f"SPOT{index:04d}-1" for index in range(len(rows))]
    data.var_names = [f"GENE{index}" for index in range(40)]
    data.obs["in_tissue"] = 1
    data.obs["array_row"], data.obs["array_col"] = rows, columns
    labels = np.array(["tumour", "stroma", "fat"])[(columns // 8) % 3]
    data.obs["pathologist"] = pd.Categorical(labels)
    data.uns["pathologist_colors"] = ["#e69f00", "#56b4e9", "#009e73"]
    data.obsm["spatial"] = np.column_stack([100 + columns * 50.0, 120 + rows * 86.6])
    prediction = random.normal(size=counts.shape).astype("float32")
    prediction[:, 5:] = np.nan
    data.layers["THItoGene"] = prediction
    picture = random.integers(150, 255, size=(200, 170, 3), dtype="uint8")
    factors = {"tissue_hires_scalef": 0.1, "spot_diameter_fullres": 55.0}
    data.uns["spatial"] = {"slice": {"images": {"hires": picture}, "scalefactors": factors}}
    data.write_h5ad(path, compression="gzip")


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("expect", "st", "same", "make"):
        sys.exit(__doc__)
    globals()[sys.argv[1]](*sys.argv[2:])
