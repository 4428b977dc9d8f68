#pragma once
#include <hdf5.h>
#include <stddef.h>
#include <stdint.h>

#include "CHDF5Writing.h"

/// What of HDF5 Swift cannot see, and what its filters do to a chunk.

/// Keeps HDF5 from printing its errors on this thread, where it is not kept from it yet.
void eosin_hdf5_be_quiet(void);

/// Registers h5py's LZF filter; called once before anything else.
void eosin_hdf5_start(void);

/// Opens a file to read it, without asking for a lock, which many network folders do not give.
hid_t eosin_hdf5_open(const char *path);

/// Reads a chunk as it is stored; fails where that takes more than `room` bytes. `*skipped` has a bit
/// for each filter it did not go through.
herr_t eosin_hdf5_read_chunk(
    hid_t dataset, const hsize_t *origin, uint32_t *skipped, uint8_t *bytes, size_t room);

/// The innermost message of the last failure, empty where there is none.
void eosin_hdf5_explain(char *text, size_t room);

/// A number's type in this machine's memory; not to be closed. `bytes` is 1, 2, 4 or 8, for a float
/// 4 or 8.
hid_t eosin_hdf5_integer(int bytes, int is_signed);
hid_t eosin_hdf5_float(int bytes);

/// A reference to text in the file's heap, as it lies there: the text's length in four bytes, the
/// heap's address in eight, the object's number in four, all little-endian. Text of any length may
/// be read as this; not to be closed.
hid_t eosin_hdf5_reference(void);

/// How to read elements into memory: through a buffer of so many bytes where they are converted, in
/// place of one of a megabyte that is cleared each time.
hid_t eosin_hdf5_transfer(size_t bytes);

/// A compound of the one named member at its start.
hid_t eosin_hdf5_member_alone(const char *name, hid_t member);

/// Whether a link is there, 1, or not, 0; -1 where it is broken or leads out of the file. All of `path`,
/// which is relative to `place`, but its last part must be there.
int eosin_hdf5_link(hid_t place, const char *path);

/// What a path leads to: 1 a group, 2 a dataset, 3 another thing, -1 nothing.
int eosin_hdf5_kind(hid_t place, const char *path);

/// Where the header of what a path leads to lies in the file; `UINT64_MAX` where it leads nowhere. What
/// a hard link leads to is not opened for it.
uint64_t eosin_hdf5_address(hid_t place, const char *path);

/// The names of a group's links, or of an object's attributes, in the order they were made where the
/// file keeps it and else by name: each ended by a zero byte, `*length` bytes in all. To be freed by
/// `free`; NULL on failure.
char *eosin_hdf5_members(hid_t group, size_t *length);
char *eosin_hdf5_attributes(hid_t object, size_t *length);

/// Undoes HDF5's shuffle: `length / size` elements whose bytes lie plane by plane; what does not
/// fill an element stays last.
void eosin_hdf5_unshuffle(const uint8_t *planes, uint8_t *elements, size_t length, size_t size);

/// Unpacks LZF; the number of bytes made, 0 where the data is damaged or there is no room.
size_t eosin_hdf5_unpack_lzf(const uint8_t *packed, size_t length, uint8_t *bytes, size_t room);

/// The Fletcher checksum as HDF5 takes it.
uint32_t eosin_hdf5_fletcher32(const uint8_t *bytes, size_t length);
