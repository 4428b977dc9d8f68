#pragma once
#include <hdf5.h>
#include <stddef.h>
#include <stdint.h>

/// Writes one HDF5 file through libhdf5, without times in it, so that equal contents are equal bytes.
///
/// Paths are absolute inside the file; their groups must have been made. Functions returning `int`
/// give 0 on success. Handles are negative where something failed. Nothing is printed.

/// The kinds of numbers that arrays and attributes are made of, stored little-endian.
typedef enum {
  eosin_hdf5_int8,
  eosin_hdf5_int16,
  eosin_hdf5_int32,
  eosin_hdf5_int64,
  eosin_hdf5_uint8,
  eosin_hdf5_float32,
  eosin_hdf5_float64,
  /// One byte, 0 or 1, under the names FALSE and TRUE, as h5py stores truth.
  eosin_hdf5_bool
} eosin_hdf5_number;

/// Makes a file that is not there yet.
hid_t eosin_hdf5_create(const char *path);

/// Closes it; what could not be put on disk is told here at the latest.
int eosin_hdf5_close(hid_t file);

int eosin_hdf5_make_group(hid_t file, const char *path);

/// Writes texts of any length in UTF-8, the `count` texts that begin at `offsets` in `bytes` and end
/// with a zero byte. `is_scalar` with one text makes no list of it.
int eosin_hdf5_write_texts(
    hid_t file, const char *path, const char *bytes, const size_t *offsets, size_t count,
    int is_scalar);

/// The same as an attribute of the object at `path`.
int eosin_hdf5_set_texts(
    hid_t file, const char *path, const char *name, const char *bytes, const size_t *offsets,
    size_t count, int is_scalar);

/// An attribute of numbers; `is_scalar` with one number makes no list of it.
int eosin_hdf5_set_numbers(
    hid_t file, const char *path, const char *name, eosin_hdf5_number kind, const void *numbers,
    size_t count, int is_scalar);

/// One number alone.
int eosin_hdf5_write_number(
    hid_t file, const char *path, eosin_hdf5_number kind, const void *number);

/// Makes an array in chunks that are shuffled byte by byte, then deflated; `fill` is what chunks that
/// nobody writes hold. With a side of 0 it has no chunks.
hid_t eosin_hdf5_make_array(
    hid_t file, const char *path, eosin_hdf5_number kind, int rank, const hsize_t *shape,
    const hsize_t *chunk, const void *fill);

/// Writes one chunk as it is stored: shuffled, and deflated unless `is_plain`.
int eosin_hdf5_write_chunk(
    hid_t array, const hsize_t *offset, const void *bytes, size_t length, int is_plain);

int eosin_hdf5_close_array(hid_t array);
