"""Makes random sections for `benchmarks measures`, times what people use on them, and compares.

Usage: measures.py make <folder>
       measures.py moran|moran-sparse|pearson|pearson-matrix|correlations <folder>
       measures.py compare <what> <file of Eosin's lines> <file of the other's>
The middle one prints milliseconds and the sum of every sixteenth gene's results. What takes minutes
works on every sixteenth gene only, and its time is multiplied.
"""

import sys
import time
import warnings

import numpy

GENES, SPOTS, DENSITY = 19465, 2898, 0.1
SECTIONS, PANEL, METHODS = 32, 785, 4
SHARE = 16
warnings.simplefilter("ignore")


def write(folder, name, array, kind):
    numpy.asarray(array, dtype=kind).tofile(f"{folder}/{name}")


def read(folder, name, kind):
    return numpy.fromfile(f"{folder}/{name}", dtype=kind)


def write_sparse(folder, name, dense):
    genes, spots = numpy.nonzero(dense)
    starts = numpy.searchsorted(genes, numpy.arange(len(dense) + 1))
    write(folder, f"{name}.starts", numpy.concatenate([[dense.shape[1]], starts]), "<u4")
    write(folder, f"{name}.spots", spots, "<u4")
    write(folder, f"{name}.values", dense[genes, spots], "<f4")


def read_dense(folder, name):
    header = read(folder, f"{name}.starts", "<u4").astype(int)
    dense = numpy.zeros((len(header) - 2, header[0]), dtype="f4")
    genes = numpy.repeat(numpy.arange(len(dense)), numpy.diff(header[1:]))
    dense[genes, read(folder, f"{name}.spots", "<u4")] = read(folder, f"{name}.values", "<f4")
    return dense


def make(folder):
    """Expression without any pattern: the time does not depend on it."""
    rng = numpy.random.default_rng(1)
    dense = rng.random((GENES, SPOTS), dtype="f4")
    dense = numpy.where(dense < DENSITY, 1 + dense, 0)
    write_sparse(folder, "visium", dense)
    places = [(row, column) for row in range(78) for column in range(row % 2, 128, 2)][:SPOTS]
    index = {place: spot for spot, place in enumerate(places)}
    steps = ((0, 2), (0, -2), (1, 1), (1, -1), (-1, 1), (-1, -1))
    neighbours = [[index.get((r + a, c + b), -1) for a, b in steps] for r, c in places]
    write(folder, "visium.neighbours", neighbours, "<i4")
    for section in range(SECTIONS):
        spots = int(rng.integers(200, 400))
        dense = numpy.log10(1 + rng.poisson(rng.exponential(2, (PANEL, 1)), (PANEL, spots)))
        write_sparse(folder, f"section{section}", dense.astype("f4"))
        for method in range(METHODS):
            predicted = 0.3 * dense + rng.normal(0.5, 0.3, dense.shape)
            write(folder, f"section{section}.method{method}", predicted, "<f4")


def sections(folder):
    for section in range(SECTIONS):
        measured = read_dense(folder, f"section{section}")
        for method in range(METHODS):
            predicted = read(folder, f"section{section}.method{method}", "<f4")
            yield measured, predicted.reshape(measured.shape)


def weights(folder):
    from libpysal.weights import W

    rows = read(folder, "visium.neighbours", "<i4").reshape(-1, 6)
    found = W({spot: [int(n) for n in row if n >= 0] for spot, row in enumerate(rows)})
    found.transform = "r"
    return found


def moran(folder):
    """esda's index of every sixteenth gene."""
    from esda import Moran

    dense, w = read_dense(folder, "visium").astype("f8"), weights(folder)
    return lambda: [Moran(gene, w, permutations=0).I for gene in dense[::SHARE]]


def moran_sparse(folder):
    """All genes by libpysal's weights as a sparse matrix and the formula alone."""
    dense, w = read_dense(folder, "visium").astype("f8"), weights(folder).sparse.tocsr()
    total = w.sum()

    def work():
        found = []
        for gene in dense:
            z = gene - gene.mean()
            found.append(len(z) / total * (z @ (w @ z)) / (z @ z))
        return found[::SHARE]

    return work


def pearson_matrix(folder):
    """All genes of a section at once."""
    pairs = list(sections(folder))

    def work():
        found = []
        for measured, predicted in pairs:
            x = measured - measured.mean(1, keepdims=True, dtype="f8")
            y = predicted - predicted.mean(1, keepdims=True, dtype="f8")
            r = (x * y).sum(1) / numpy.sqrt((x * x).sum(1) * (y * y).sum(1))
            found.append(r[::SHARE])
        return numpy.concatenate(found)

    return work


def loop(folder, *measures):
    """SciPy's functions, every sixteenth gene; with two measures r and -log10 p of both."""
    pairs = list(sections(folder))

    def work():
        found = []
        for measured, predicted in pairs:
            for x, y in zip(measured[::SHARE].astype("f8"), predicted[::SHARE].astype("f8")):
                for measure in measures:
                    result = measure(x, y)
                    found.append(result.statistic)
                    if len(measures) > 1:
                        found.append(-numpy.log10(result.pvalue))
        return found

    return work


def prepared(name, folder):
    """The work, and what its time is to be multiplied with."""
    from scipy.stats import pearsonr, spearmanr

    if name == "moran":
        return moran(folder), SHARE
    if name == "moran-sparse":
        return moran_sparse(folder), 1
    if name == "pearson-matrix":
        return pearson_matrix(folder), 1
    return loop(folder, *([pearsonr] if name == "pearson" else [pearsonr, spearmanr])), SHARE


def compare(what, mine, other):
    (time_a, sum_a), (time_b, sum_b) = (
        numpy.median(numpy.loadtxt(path, ndmin=2), axis=0) for path in (mine, other))
    note = "" if abs(sum_a - sum_b) <= 1e-4 * abs(sum_b) else f"  SUMS DIFFER: {sum_a} and {sum_b}"
    print(f"{what:44} Eosin {time_a:9.1f} ms   beside it {time_b:9.1f} ms"
          f"   {time_b / time_a:6.1f} times{note}", flush=True)


if sys.argv[1] == "make":
    make(sys.argv[2])
elif sys.argv[1] == "compare":
    compare(*sys.argv[2:])
else:
    work, times = prepared(*sys.argv[1:3])
    start = time.perf_counter()
    values = numpy.asarray(work())
    taken = times * (time.perf_counter() - start)
    print(1000 * taken, values[numpy.isfinite(values)].sum())
