#include "CHDF5.h"

#include <liblzf/lzf.h>
#include <limits.h>
#include <stdlib.h>

size_t eosin_hdf5_unpack_lzf(const uint8_t *packed, size_t length, uint8_t *bytes, size_t room) {
  if (length > UINT_MAX) return 0;
  unsigned capacity = room > UINT_MAX ? UINT_MAX : (unsigned)room;
  return lzf_decompress(packed, (unsigned)length, bytes, capacity);
}

/// The filter as HDF5 calls it: unpacks into a buffer that grows until the chunk fits, and to no
/// more than LZF can make of the packed bytes. The third of h5py's values is a chunk's size.
static size_t lzf_filter(
    unsigned flags, size_t value_count, const unsigned values[], size_t length, size_t *room,
    void **buffer) {
  if (!(flags & H5Z_FLAG_REVERSE)) return 0;
  // A back reference of three bytes makes at most 264.
  size_t most = 88 * length + 264;
  size_t capacity = value_count > 2 && values[2] > 0 ? values[2] : *room;
  if (capacity > most) capacity = most;
  for (;;) {
    void *bytes = malloc(capacity);
    if (!bytes) return 0;
    size_t made = eosin_hdf5_unpack_lzf(*buffer, length, bytes, capacity);
    if (made > 0) {
      free(*buffer);
      *buffer = bytes;
      *room = capacity;
      return made;
    }
    free(bytes);
    if (capacity >= most) return 0;
    capacity = capacity > most / 2 ? most : 2 * capacity;
  }
}

void eosin_hdf5_start(void) {
  // A file that could not be written, its disk being full, is thrown away; closing it once more at
  // exit would crash.
  H5dont_atexit();
  static const H5Z_class2_t lzf = {
      .version = H5Z_CLASS_T_VERS,
      .id = 32000,
      .encoder_present = 0,
      .decoder_present = 1,
      .name = "lzf",
      .filter = lzf_filter,
  };
  H5Zregister(&lzf);
}

static void unshuffle4(const uint8_t *planes, uint8_t *elements, size_t count) {
  const uint8_t *a = planes, *b = a + count, *c = b + count, *d = c + count;
  for (size_t i = 0; i < count; i++) {
    elements[4 * i] = a[i];
    elements[4 * i + 1] = b[i];
    elements[4 * i + 2] = c[i];
    elements[4 * i + 3] = d[i];
  }
}

void eosin_hdf5_unshuffle(const uint8_t *planes, uint8_t *elements, size_t length, size_t size) {
  size_t count = size > 0 ? length / size : 0;
  if (count == 0) {
    // Too short to be shuffled, however large an element claims to be.
  } else if (size == 4) {
    unshuffle4(planes, elements, count);
  } else {
    for (size_t byte = 0; byte < size; byte++)
      for (size_t i = 0; i < count; i++) elements[i * size + byte] = planes[byte * count + i];
  }
  for (size_t i = count * size; i < length; i++) elements[i] = planes[i];
}

static uint32_t folded(uint32_t sum) { return (sum & 0xffff) + (sum >> 16); }

uint32_t eosin_hdf5_fletcher32(const uint8_t *bytes, size_t length) {
  uint32_t first = 0, second = 0;
  size_t words = length / 2;
  while (words > 0) {
    // As many words as cannot overflow the second sum.
    size_t block = words > 360 ? 360 : words;
    words -= block;
    for (; block > 0; block--, bytes += 2) {
      first += (uint32_t)bytes[0] << 8 | bytes[1];
      second += first;
    }
    first = folded(first);
    second = folded(second);
  }
  if (length % 2) {
    first += (uint32_t)bytes[0] << 8;
    second += first;
    first = folded(first);
    second = folded(second);
  }
  return folded(second) << 16 | folded(first);
}
