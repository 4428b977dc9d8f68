#include "CHDF5.h"

#include <stdlib.h>

/// Blocks in which texts lie one after the other, the newest first.
typedef struct block {
  struct block *before;
  size_t used;
  size_t room;
  char bytes[];
} block;

struct eosin_hdf5_texts {
  block *newest;
  size_t left;
  hid_t list;
};

/// HDF5's own way to ask for memory: each text, with its end.
static void *allocate(size_t size, void *context) {
  eosin_hdf5_texts *self = context;
  if (size > self->left) return NULL;
  block *last = self->newest;
  if (!last || last->room - last->used < size) {
    size_t room = size > 1 << 18 ? size : 1 << 18;
    last = malloc(sizeof(block) + room);
    if (!last) return NULL;
    *last = (block){.before = self->newest, .used = 0, .room = room};
    self->newest = last;
  }
  void *place = last->bytes + last->used;
  last->used += size;
  self->left -= size;
  return place;
}

static void keep(void *place, void *context) {
  (void)place;
  (void)context;
}

eosin_hdf5_texts *eosin_hdf5_texts_create(size_t limit) {
  eosin_hdf5_texts *self = calloc(1, sizeof *self);
  if (!self) return NULL;
  self->left = limit;
  self->list = H5Pcreate(H5P_DATASET_XFER);
  if (self->list < 0 ||
      H5Pset_vlen_mem_manager(self->list, allocate, self, keep, self) < 0) {
    eosin_hdf5_texts_destroy(self);
    return NULL;
  }
  return self;
}

hid_t eosin_hdf5_texts_list(const eosin_hdf5_texts *texts) { return texts->list; }

void eosin_hdf5_texts_destroy(eosin_hdf5_texts *self) {
  while (self->newest) {
    block *before = self->newest->before;
    free(self->newest);
    self->newest = before;
  }
  if (self->list >= 0) H5Pclose(self->list);
  free(self);
}
