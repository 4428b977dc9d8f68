"""Makes standardized_variance.json: scanpy's flavor seurat_v3, and the local regression under it.

    pip install scanpy scikit-misc
    python make_standardized_variance.py
"""

import json

import anndata
import numpy as np
import scanpy
from skmisc.loess import loess

random = np.random.default_rng(7)
spots, genes = 60, 150
mean = 10 ** random.uniform(-1.5, 1.7, genes)
dispersion = random.choice([0.05, 0.5, 2.0], genes)
counts = random.negative_binomial(1 / dispersion, 1 / (1 + mean * dispersion), (spots, genes))
counts[:, 10] = 0
counts[:, 11] = 3
# Genes with the same moments as others, and one spot far beyond the rest.
counts[:, 12:20] = counts[::-1, 20:28]
counts[5, 30] = 900
data = anndata.AnnData(counts.astype(np.float32))
scanpy.pp.highly_variable_genes(data, flavor="seurat_v3", n_top_genes=40)

curves = []
for points, decimals in (40, 1), (200, 12), (500, 2):
    x = np.round(random.normal(0, 1, points), decimals)
    y = 0.3 * x**2 + x + random.normal(0, 0.3, points)
    model = loess(x, y, span=0.3, degree=2)
    model.fit()
    curves.append({"x": x.tolist(), "y": y.tolist(), "fitted": model.outputs.fitted_values.tolist()})

with open("standardized_variance.json", "w") as file:
    json.dump(
        {
            "counts": counts.T.tolist(),
            "variances": data.var["variances_norm"].tolist(),
            "chosen": np.flatnonzero(data.var["highly_variable"]).tolist(),
            "curves": curves,
        },
        file,
    )
