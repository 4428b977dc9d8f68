"""Makes kinds.h5 and newer.h5, the files that HDF5Tests read. Made with h5py 3.16.0 and NumPy 2.4.6.

Run in this folder: python make_hdf5.py
Values follow from their places, so that the tests need no copy of them.
"""

import zlib

import h5py
import numpy as np


def fill(file):
    numbers = file.create_group("numbers")
    for name in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", ">i4", ">f8"):
        numbers[name.replace(">", "big_")] = np.arange(6).astype(name)
    numbers["negative"] = np.array([-3, 5], "i4")
    numbers["halves"] = np.array([0.5, -1.5], "f8")
    numbers["booleans"] = np.array([True, False, True])
    numbers["single"] = np.float64(2.5)
    numbers["none"] = np.zeros((0, 3), "f4")

    chunked = file.create_group("chunked")
    table = np.arange(7 * 11, dtype="i4").reshape(7, 11)
    for name, options in {
        "gzip": dict(compression="gzip"),
        "lzf": dict(compression="lzf"),
        "shuffled": dict(compression="gzip", shuffle=True),
        "checked": dict(compression="lzf", shuffle=True, fletcher32=True),
        "plain": dict(),
    }.items():
        chunked.create_dataset(name, data=table, chunks=(3, 4), **options)
    chunked.create_dataset("floats", data=table.astype("f8") / 2, chunks=(2, 11), shuffle=True)
    chunked.create_dataset(
        "colors", data=np.arange(5 * 6 * 3, dtype="u1").reshape(5, 6, 3), chunks=(2, 4, 1),
        compression="gzip")
    partly = chunked.create_dataset("partly", (10,), "i4", chunks=(4,), fillvalue=7)
    partly[0:4] = [1, 2, 3, 4]
    chunked.create_dataset("claimed", (1 << 40,), "f4", chunks=(1 << 20,), compression="gzip")
    # Not there when the file was made, so the chunk went through nothing; readers must not know.
    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    creation.set_chunk((4,))
    creation.set_filter(32015, h5py.h5z.FLAG_OPTIONAL, (3,))
    space = h5py.h5s.create_simple((4,))
    packed = h5py.h5d.create(chunked.id, b"zstd", h5py.h5t.NATIVE_INT32, space, creation)
    h5py.Dataset(packed)[:] = [1, 2, 3, 4]

    texts = file.create_group("texts")
    words = ["", "µm", "FASN"]
    texts.create_dataset("utf8", data=words, dtype=h5py.string_dtype())
    texts.create_dataset("ascii", data=["a", "bc", ""], dtype=h5py.string_dtype("ascii"))
    texts["fixed"] = np.array([b"abc", b"", b"abcde"], "S5")
    texts.create_dataset(
        "fixed_utf8", data=[w.encode() for w in words], dtype=h5py.string_dtype("utf-8", 6))
    texts.create_dataset("one", data="only", dtype=h5py.string_dtype())
    padded = h5py.h5t.C_S1.copy()
    padded.set_size(4)
    padded.set_strpad(h5py.h5t.STR_SPACEPAD)
    h5py.h5d.create(texts.id, b"padded", padded, h5py.h5s.create_simple((2,))).write(
        h5py.h5s.ALL, h5py.h5s.ALL, np.array([b"ab  ", b"c   "], "S4"), mtype=padded)

    # A text of 64 KB, and a hundred thousand elements that all are that one: six gigabytes.
    long = texts.create_dataset("long", data=["x" * 65536], dtype=h5py.string_dtype(), chunks=(1,))
    file.flush()
    _, descriptor = long.id.read_direct_chunk((0,))
    same = texts.create_dataset(
        "same", (100_000,), h5py.string_dtype(), chunks=(100_000,), compression="gzip")
    same.id.write_direct_chunk((0,), zlib.compress(descriptor * 100_000))

    rows = np.zeros(
        3, dtype=[("index", "S4"), ("code", "i1"), ("size", "<f4"), ("place", "<f8", (2,)),
                  ("good", "?"), ("note", h5py.string_dtype())])
    rows["index"] = [b"a", b"b", b"cccc"]
    rows["code"] = [1, -1, 0]
    rows["size"] = [0.5, 1.5, 2.5]
    rows["place"] = [[1, 2], [3, 4], [5, 6]]
    rows["good"] = [True, False, True]
    rows["note"] = ["x", "yy", ""]
    file.create_dataset("rows", data=rows, chunks=(2,), compression="gzip")

    marked = file.create_group("marked", track_order=True)
    for name in ("z", "a", "m"):
        marked[name] = 1
    marked.attrs["text"] = "csr_matrix"
    marked.attrs["fixed"] = np.bytes_("bytes")
    marked.attrs["list"] = ["one", "two"]
    marked.attrs["shape"] = np.array([30, 20])
    marked.attrs["number"] = 1.5
    marked.attrs["flag"] = True
    marked.attrs["nothing"] = np.array([], "f8")
    marked["soft"] = h5py.SoftLink("/numbers/i4")
    marked["broken"] = h5py.SoftLink("/numbers/i5")
    marked["outside"] = h5py.ExternalLink("kinds.h5", "/numbers")
    marked["reference"] = np.array([file["numbers"].ref], h5py.ref_dtype)


with h5py.File("kinds.h5", "w", libver=("earliest", "v108")) as file:
    fill(file)
with h5py.File("newer.h5", "w", libver=("v110", "v110"), userblock_size=1024) as file:
    fill(file)
