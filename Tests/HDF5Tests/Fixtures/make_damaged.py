"""Makes damaged.h5, whose datasets are what HDF5 1.10 stumbles over: make_damaged.py

Each is as fuzzing found it, made small: what HDF5 takes on trust and reads or writes past its memory
for, or never comes back from. Needs NumPy and h5py; made with h5py 3.16.
"""

import zlib

import h5py
import numpy

NAME = "damaged.h5"
with h5py.File(NAME, "w") as file:
    # A chunk that unpacks to fewer bytes than a chunk has, and one stored longer than it is.
    short = file.create_dataset("short", (8,), "S4", chunks=(8,), compression="gzip")
    short.id.write_direct_chunk((0,), zlib.compress(b"abcd" * 2))
    long = file.create_dataset("long", (8,), "int32", chunks=(8,))
    long.id.write_direct_chunk((0,), bytes(5000))
    # Values within the header, a table, and text of any length; they are changed below.
    layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    layout.set_layout(h5py.h5d.COMPACT)
    space = h5py.h5s.create_simple((15,))
    compact = h5py.h5d.create(file.id, b"compact", h5py.h5t.NATIVE_DOUBLE, space, layout)
    compact.write(h5py.h5s.ALL, h5py.h5s.ALL, numpy.full(15, 1.25))
    file["table"] = numpy.array([(1, 2.0)], [("first", "i4"), ("second", "f8")])
    file.create_dataset("filled", (4,), "uint32", fillvalue=0x11223344)
    file["text"] = numpy.array(["one", "two"], h5py.string_dtype())
    file["lost"] = numpy.array(["three", "four"], h5py.string_dtype())
    lost = file["lost"].id.get_offset()
    file["text"].attrs["name"] = "five"

bytes_ = bytearray(open(NAME, "rb").read())


def change(pattern, offset, new):
    assert bytes_.count(pattern) == 1, bytes_.count(pattern)
    place = bytes_.index(pattern) + offset
    bytes_[place:place + len(new)] = new


change(bytes([120, 0]) + numpy.full(15, 1.25).tobytes(), 0, bytes([8, 0]))
fill = bytes([4, 0, 0, 0, 0x44, 0x33, 0x22, 0x11])  # told twice, of old and of new
bytes_ = bytes_.replace(fill, bytes([0, 0, 0, 10]) + fill[4:])
change(b"second\0\0", 8, (0xFFFFF0).to_bytes(4, "little"))
bytes_[lost + 12:lost + 16] = (60_000).to_bytes(4, "little")  # an object the heap does not have
open(NAME, "wb").write(bytes_)
