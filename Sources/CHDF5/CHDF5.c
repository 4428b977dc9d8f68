#include "CHDF5.h"

#include <stdlib.h>
#include <string.h>

void eosin_hdf5_be_quiet(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

// MARK: - Errors

typedef struct {
  char *text;
  size_t room;
} explanation;

static herr_t take_first(unsigned number, const H5E_error2_t *error, void *context) {
  explanation *self = context;
  if (number == 0 && error->desc) {
    strncpy(self->text, error->desc, self->room - 1);
    self->text[self->room - 1] = 0;
  }
  return 0;
}

void eosin_hdf5_explain(char *text, size_t room) {
  text[0] = 0;
  explanation self = {text, room};
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_first, &self);
}

// MARK: - Types

hid_t eosin_hdf5_integer(int bytes, int is_signed) {
  switch (bytes) {
    case 1: return is_signed ? H5T_NATIVE_INT8 : H5T_NATIVE_UINT8;
    case 2: return is_signed ? H5T_NATIVE_INT16 : H5T_NATIVE_UINT16;
    case 4: return is_signed ? H5T_NATIVE_INT32 : H5T_NATIVE_UINT32;
    default: return is_signed ? H5T_NATIVE_INT64 : H5T_NATIVE_UINT64;
  }
}

hid_t eosin_hdf5_float(int bytes) { return bytes == 4 ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE; }

hid_t eosin_hdf5_transfer(size_t bytes) {
  hid_t list = H5Pcreate(H5P_DATASET_XFER);
  if (list >= 0) H5Pset_buffer(list, bytes, NULL, NULL);
  return list;
}

hid_t eosin_hdf5_member_alone(const char *name, hid_t member) {
  hid_t type = H5Tcreate(H5T_COMPOUND, H5Tget_size(member));
  if (type >= 0 && H5Tinsert(type, name, 0, member) < 0) {
    H5Tclose(type);
    return -1;
  }
  return type;
}

// MARK: - Names

int eosin_hdf5_link(hid_t place, const char *path) {
  htri_t exists = H5Lexists(place, path, H5P_DEFAULT);
  if (exists <= 0) return exists;
  H5L_info_t link;
  if (H5Lget_info(place, path, &link, H5P_DEFAULT) < 0) return -1;
  return link.type == H5L_TYPE_HARD || link.type == H5L_TYPE_SOFT ? 1 : -1;
}

int eosin_hdf5_kind(hid_t place, const char *path) {
  H5O_info_t info;
  if (H5Oget_info_by_name2(place, path, &info, H5O_INFO_BASIC, H5P_DEFAULT) < 0) return -1;
  switch (info.type) {
    case H5O_TYPE_GROUP: return 1;
    case H5O_TYPE_DATASET: return 2;
    default: return 3;
  }
}

uint64_t eosin_hdf5_address(hid_t place, const char *path) {
  H5L_info_t link;
  if (strcmp(path, "/") != 0 && H5Lget_info(place, path, &link, H5P_DEFAULT) >= 0 &&
      link.type == H5L_TYPE_HARD)
    return link.u.address;
  H5O_info_t info;
  if (H5Oget_info_by_name2(place, path, &info, H5O_INFO_BASIC, H5P_DEFAULT) < 0) return UINT64_MAX;
  return info.addr;
}

typedef struct {
  char *bytes;
  size_t length;
  size_t room;
} names;

static herr_t take_name(names *self, const char *name) {
  size_t count = strlen(name) + 1;
  if (self->length + count > self->room) {
    size_t room = 2 * (self->room + count);
    char *bytes = realloc(self->bytes, room);
    if (!bytes) return -1;
    self->bytes = bytes;
    self->room = room;
  }
  memcpy(self->bytes + self->length, name, count);
  self->length += count;
  return 0;
}

static herr_t take_link(hid_t group, const char *name, const H5L_info_t *info, void *context) {
  (void)group;
  (void)info;
  return take_name(context, name);
}

static herr_t take_attribute(hid_t place, const char *name, const H5A_info_t *info, void *context) {
  (void)place;
  (void)info;
  return take_name(context, name);
}

static char *result(names *self, herr_t status, size_t *length) {
  if (status < 0) {
    free(self->bytes);
    return NULL;
  }
  *length = self->length;
  return self->bytes ? self->bytes : calloc(1, 1);
}

char *eosin_hdf5_members(hid_t group, size_t *length) {
  names self = {NULL, 0, 0};
  unsigned order = 0;
  hid_t made = H5Gget_create_plist(group);
  if (made >= 0) {
    H5Pget_link_creation_order(made, &order);
    H5Pclose(made);
  }
  H5_index_t index = order & H5P_CRT_ORDER_TRACKED ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
  herr_t status = H5Literate(group, index, H5_ITER_INC, NULL, take_link, &self);
  return result(&self, status, length);
}

char *eosin_hdf5_attributes(hid_t object, size_t *length) {
  names self = {NULL, 0, 0};
  herr_t status =
      H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, NULL, take_attribute, &self);
  return result(&self, status, length);
}
