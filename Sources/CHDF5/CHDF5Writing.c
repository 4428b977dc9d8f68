#include <stdlib.h>

#include "CHDF5.h"

/// What numbers are in memory and, on the machines Eosin runs on, in files.
static hid_t type_of(eosin_hdf5_number kind) {
  switch (kind) {
    case eosin_hdf5_int8: return H5Tcopy(H5T_STD_I8LE);
    case eosin_hdf5_int16: return H5Tcopy(H5T_STD_I16LE);
    case eosin_hdf5_int32: return H5Tcopy(H5T_STD_I32LE);
    case eosin_hdf5_int64: return H5Tcopy(H5T_STD_I64LE);
    case eosin_hdf5_uint8: return H5Tcopy(H5T_STD_U8LE);
    case eosin_hdf5_float32: return H5Tcopy(H5T_IEEE_F32LE);
    case eosin_hdf5_float64: return H5Tcopy(H5T_IEEE_F64LE);
    case eosin_hdf5_bool: break;
  }
  hid_t type = H5Tenum_create(H5T_STD_I8LE);
  int8_t no = 0, yes = 1;
  if (H5Tenum_insert(type, "FALSE", &no) < 0 || H5Tenum_insert(type, "TRUE", &yes) < 0) {
    H5Tclose(type);
    return -1;
  }
  return type;
}

static hid_t text_type(void) {
  hid_t type = H5Tcopy(H5T_C_S1);
  if (type < 0) return type;
  if (H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0) {
    H5Tclose(type);
    return -1;
  }
  return type;
}

static hid_t space_of(size_t count, int is_scalar) {
  if (is_scalar) return H5Screate(H5S_SCALAR);
  hsize_t length = count;
  return H5Screate_simple(1, &length, NULL);
}

/// A property list of a data set without the time of its making.
static hid_t timeless(void) {
  hid_t list = H5Pcreate(H5P_DATASET_CREATE);
  if (list >= 0) H5Pset_obj_track_times(list, 0);
  return list;
}

hid_t eosin_hdf5_create(const char *path) {
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  hid_t creation = H5Pcreate(H5P_FILE_CREATE);
  if (access < 0 || creation < 0) return -1;
  // Nobody else knows the file's name yet; some network disks refuse locks.
  H5Pset_file_locking(access, 0, 1);
  H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
  H5Pset_obj_track_times(creation, 0);
  hid_t file = H5Fcreate(path, H5F_ACC_EXCL, creation, access);
  H5Pclose(creation);
  H5Pclose(access);
  return file;
}

int eosin_hdf5_close(hid_t file) { return H5Fclose(file) < 0 ? -1 : 0; }

int eosin_hdf5_make_group(hid_t file, const char *path) {
  hid_t list = H5Pcreate(H5P_GROUP_CREATE);
  if (list < 0) return -1;
  H5Pset_obj_track_times(list, 0);
  hid_t group = H5Gcreate2(file, path, H5P_DEFAULT, list, H5P_DEFAULT);
  H5Pclose(list);
  if (group < 0) return -1;
  return H5Gclose(group) < 0 ? -1 : 0;
}

/// Writes numbers or pointers to texts to a data set, or to an attribute where there is a name.
static int write_all(
    hid_t file, const char *path, const char *name, hid_t type, hid_t space, const void *values,
    size_t count) {
  int failed = 1;
  if (type >= 0 && space >= 0) {
    if (name) {
      hid_t attribute =
          H5Acreate_by_name(file, path, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
      if (attribute >= 0) {
        failed = count > 0 && H5Awrite(attribute, type, values) < 0;
        failed |= H5Aclose(attribute) < 0;
      }
    } else {
      hid_t list = timeless();
      hid_t set = H5Dcreate2(file, path, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
      if (set >= 0) {
        failed = count > 0 && H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0;
        failed |= H5Dclose(set) < 0;
      }
      if (list >= 0) H5Pclose(list);
    }
  }
  if (space >= 0) H5Sclose(space);
  if (type >= 0) H5Tclose(type);
  return failed ? -1 : 0;
}

int eosin_hdf5_set_texts(
    hid_t file, const char *path, const char *name, const char *bytes, const size_t *offsets,
    size_t count, int is_scalar) {
  const char **texts = malloc((count + 1) * sizeof *texts);
  if (!texts) return -1;
  for (size_t i = 0; i < count; i++) texts[i] = bytes + offsets[i];
  int result =
      write_all(file, path, name, text_type(), space_of(count, is_scalar), texts, count);
  free(texts);
  return result;
}

int eosin_hdf5_write_texts(
    hid_t file, const char *path, const char *bytes, const size_t *offsets, size_t count,
    int is_scalar) {
  return eosin_hdf5_set_texts(file, path, NULL, bytes, offsets, count, is_scalar);
}

int eosin_hdf5_set_numbers(
    hid_t file, const char *path, const char *name, eosin_hdf5_number kind, const void *numbers,
    size_t count, int is_scalar) {
  return write_all(
      file, path, name, type_of(kind), space_of(count, is_scalar), numbers, count);
}

int eosin_hdf5_write_number(
    hid_t file, const char *path, eosin_hdf5_number kind, const void *number) {
  return eosin_hdf5_set_numbers(file, path, NULL, kind, number, 1, 1);
}

hid_t eosin_hdf5_make_array(
    hid_t file, const char *path, eosin_hdf5_number kind, int rank, const hsize_t *shape,
    const hsize_t *chunk, const void *fill) {
  hid_t type = type_of(kind);
  hid_t space = H5Screate_simple(rank, shape, NULL);
  hid_t list = timeless();
  hid_t array = -1;
  int is_empty = 0;
  for (int i = 0; i < rank; i++) is_empty |= shape[i] == 0;
  if (type >= 0 && space >= 0 && list >= 0 &&
      (is_empty || (H5Pset_chunk(list, rank, chunk) >= 0 && H5Pset_shuffle(list) >= 0 &&
                    H5Pset_deflate(list, 4) >= 0)) &&
      H5Pset_fill_value(list, type, fill) >= 0)
    array = H5Dcreate2(file, path, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
  if (list >= 0) H5Pclose(list);
  if (space >= 0) H5Sclose(space);
  if (type >= 0) H5Tclose(type);
  return array;
}

int eosin_hdf5_write_chunk(
    hid_t array, const hsize_t *offset, const void *bytes, size_t length, int is_plain) {
  // A bit for each filter left out; deflate is the second.
  uint32_t left_out = is_plain ? 2 : 0;
  return H5Dwrite_chunk(array, H5P_DEFAULT, left_out, offset, length, bytes) < 0 ? -1 : 0;
}

int eosin_hdf5_close_array(hid_t array) { return H5Dclose(array) < 0 ? -1 : 0; }
