"""Makes enrichment.json and copy_number.json: see README.md.

python make_enrichment.py FOLDER, with numpy, scipy, statsmodels, mpmath, gseapy and infercnvpy.
"""

import json
import sys
from fractions import Fraction
from math import comb
from pathlib import Path

import anndata
import gseapy
import infercnvpy
import mpmath
import numpy as np
import pandas as pd
import scipy.stats
from statsmodels.stats.multitest import multipletests

folder = Path(sys.argv[1])
generator = np.random.default_rng(11)


def write(name, content):
    text = json.dumps(content, separators=(",", ":"), allow_nan=False)
    (folder / name).write_text(text + "\n")


def numbers(array, digits=12):
    return [float(f"{x:.{digits}g}") for x in np.asarray(array, dtype=float).ravel()]


# Hypergeometric tails, exact: integers throughout, the logarithm in 50 digits.
mpmath.mp.dps = 50
tails = []
cases = [(3, 20, 7, 12), (1, 20, 7, 12), (7, 20, 7, 12), (0, 10, 4, 5), (6, 10, 4, 5), (4, 10, 8, 6)]
cases += [(30, 20000, 150, 400), (3, 20000, 150, 400), (120, 20000, 150, 400), (10, 500, 200, 50)]
for _ in range(30):
    total = int(generator.integers(5, 3000))
    marked = int(generator.integers(0, total + 1))
    drawn = int(generator.integers(0, total + 1))
    least = int(generator.integers(0, min(marked, drawn) + 2))
    cases.append((least, total, marked, drawn))
for least, total, marked, drawn in cases:
    ways = sum(
        comb(marked, i) * comb(total - marked, drawn - i)
        for i in range(max(least, 0), min(marked, drawn) + 1)
        if drawn - i <= total - marked)
    share = Fraction(ways, comb(total, drawn))
    log = None if share == 0 else float(mpmath.log(mpmath.mpf(share.numerator) / share.denominator))
    if log is not None and log > -600:
        other = scipy.stats.hypergeom.logsf(least - 1, total, marked, drawn)
        assert abs(other - log) < 1e-6 * max(1, abs(log)) + 1e-9, (least, total, marked, drawn)
    tails.append({"atLeast": least, "total": total, "marked": marked, "drawn": drawn, "log": log})

discovery = []
for count in (1, 5, 12):
    p = generator.uniform(size=count) ** 3
    if count == 12:
        p[3] = p[7]
    discovery.append({"p": numbers(p, 17), "adjusted": numbers(multipletests(p, method="fdr_bh")[1], 17)})

# Single-sample scores without ties: GSEApy walks the genes.
genes = [f"g{i}" for i in range(60)]
samples = [f"s{i}" for i in range(4)]
values = pd.DataFrame(np.round(generator.normal(size=(60, 4)), 4), index=genes, columns=samples)
assert all(values[s].is_unique for s in samples)
sets = {f"set{i}": list(generator.choice(genes, size=size, replace=False)) for i, size in enumerate((3, 8, 20))}
found = gseapy.ssgsea(
    data=values, gene_sets=sets, sample_norm_method="rank", correl_norm_type="rank", weight=0.25,
    min_size=1, max_size=100, no_plot=True, outdir=None, threads=1).res2d
found = found.set_index(["Name", "Term"])
walk = []
for sample in samples:
    ranks = scipy.stats.rankdata(values[sample])
    order = np.argsort(-ranks)
    for name, members in sets.items():
        inside = np.isin(np.array(genes)[order], members)
        weights = np.where(inside, ranks[order] ** 0.25, 0)
        step = np.cumsum(weights) / weights.sum() - np.cumsum(~inside) / (~inside).sum()
        walk.append(step.sum())
ratio = [float(found.loc[(s, n), "ES"]) / walk[i * 3 + j] for i, s in enumerate(samples) for j, n in enumerate(sets)]
print("GSEApy's ES over the walk's:", min(ratio), max(ratio))
normalized = [float(found.loc[(s, n), "NES"]) for s in samples for n in sets]
print("GSEApy's NES over the walk's in its range:", min(np.array(normalized) / np.array(walk) * np.ptp(walk)),
      max(np.array(normalized) / np.array(walk) * np.ptp(walk)))
scores = {
    "values": numbers(values.T.values), "genes": 60, "spots": 4,
    "sets": [[genes.index(g) for g in members] for members in sets.values()],
    "walk": numbers(walk, 15), "gseapyES": numbers([found.loc[(s, n), "ES"] for s in samples for n in sets], 15),
    "gseapyNES": numbers(normalized, 15)}
write("enrichment.json", {"tails": tails, "discovery": discovery, "scores": scores})

# Copy numbers: infercnvpy for whole windows, the formulas of inferCNV's R code for shortened ones.
spots, lengths = 14, (5, 40, 23)
expression = np.round(generator.gamma(2, 1, size=(spots, sum(lengths))), 3).astype(np.float32)
expression[8:, 12:30] += 1.5
chromosome = np.repeat(["chr1", "chr2", "chr10"], lengths)
groups = ["a"] * 3 + ["b"] * 4 + ["tumour"] * 7
table = anndata.AnnData(
    expression, obs=pd.DataFrame({"kind": pd.Categorical(groups)}, index=[f"s{i}" for i in range(spots)]),
    var=pd.DataFrame(
        {"chromosome": chromosome, "start": np.arange(sum(lengths)) * 10, "end": np.arange(sum(lengths)) * 10 + 5},
        index=[f"g{i}" for i in range(sum(lengths))]))
whole = []
for window, step, references in ((11, 1, ["a"]), (11, 3, ["a", "b"]), (8, 2, ["a", "b"])):
    starts, found, _ = infercnvpy.tl.infercnv(
        table, reference_key="kind", reference_cat=references, lfc_clip=2, window_size=window, step=step,
        dynamic_threshold=None, exclude_chromosomes=None, inplace=False, n_jobs=1)
    whole.append({
        "window": window, "step": step, "clip": 2, "references": references,
        "starts": [int(starts[c]) for c in ("chr1", "chr2", "chr10")], "values": numbers(found.toarray(), 8)})

shortened = []
for window, pyramid, factor in ((9, True, 1.5), (9, False, 0), (51, True, 0.5)):
    reference = expression[:7].astype(float)
    means = np.stack([reference[:3].mean(0), reference[3:].mean(0)])
    centred = expression - np.clip(expression, means.min(0), means.max(0))
    centred = np.clip(centred, -3, 3)
    half = (window - 1) // 2
    weights = np.array([half + 1 - abs(k) if pyramid else 1 for k in range(-half, half + 1)], dtype=float)
    smooth, first = [], 0
    for length in lengths:
        for centre in range(length):
            inside = [k for k in range(-half, half + 1) if 0 <= centre + k < length]
            chosen = np.array([weights[k + half] for k in inside])
            columns = [first + centre + k for k in inside]
            smooth.append((centred[:, columns] * chosen).sum(1) / chosen.sum())
        first += length
    smooth = np.stack(smooth, 1)
    smooth -= np.median(smooth, axis=1, keepdims=True)
    noise = factor * smooth[:7].std(axis=1, ddof=1).mean()
    smooth = np.where(np.abs(smooth - smooth[:7].mean()) < noise, 0, smooth)
    shortened.append({
        "window": window, "smoothing": "pyramid" if pyramid else "flat", "denoise": factor,
        "noise": float(noise), "values": numbers(smooth, 8)})
write("copy_number.json", {
    "spots": spots, "lengths": lengths, "expression": numbers(expression, 6), "groups": groups,
    "whole": whole, "shortened": shortened})
