#include "CHDF5.h"

#include <liblzf/lzf.h>
#include <limits.h>
#include <stdlib.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

#ifdef __SSE2__
/// Sixteen elements of four bytes at a time; how many were done.
static size_t unshuffle4(const uint8_t *planes, uint8_t *elements, size_t count) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    __m128i plane[4];
    for (int byte = 0; byte < 4; byte++)
      plane[byte] = _mm_loadu_si128((const __m128i *)(planes + byte * count + i));
    __m128i *target = (__m128i *)(elements + 4 * i);
    __m128i low = _mm_unpacklo_epi8(plane[0], plane[1]);
    __m128i high = _mm_unpacklo_epi8(plane[2], plane[3]);
    _mm_storeu_si128(target, _mm_unpacklo_epi16(low, high));
    _mm_storeu_si128(target + 1, _mm_unpackhi_epi16(low, high));
    low = _mm_unpackhi_epi8(plane[0], plane[1]);
    high = _mm_unpackhi_epi8(plane[2], plane[3]);
    _mm_storeu_si128(target + 2, _mm_unpacklo_epi16(low, high));
    _mm_storeu_si128(target + 3, _mm_unpackhi_epi16(low, high));
  }
  return i;
}

/// The same for eight bytes.
static size_t unshuffle8(const uint8_t *planes, uint8_t *elements, size_t count) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    // Bytes of neighbouring planes are paired, then the pairs, then the fours; elements 0 to 7 in
    // the first half, 8 to 15 in the second.
    __m128i plane[8], pair[8], four[8];
    for (int byte = 0; byte < 8; byte++)
      plane[byte] = _mm_loadu_si128((const __m128i *)(planes + byte * count + i));
    for (int p = 0; p < 4; p++) {
      pair[p] = _mm_unpacklo_epi8(plane[2 * p], plane[2 * p + 1]);
      pair[p + 4] = _mm_unpackhi_epi8(plane[2 * p], plane[2 * p + 1]);
    }
    __m128i *target = (__m128i *)(elements + 8 * i);
    for (int half = 0; half < 2; half++) {
      const __m128i *own = pair + 4 * half;
      for (int p = 0; p < 2; p++) {
        four[p] = _mm_unpacklo_epi16(own[2 * p], own[2 * p + 1]);
        four[p + 2] = _mm_unpackhi_epi16(own[2 * p], own[2 * p + 1]);
      }
      for (int p = 0; p < 2; p++) {
        _mm_storeu_si128(
            target + 4 * half + 2 * p, _mm_unpacklo_epi32(four[2 * p], four[2 * p + 1]));
        _mm_storeu_si128(
            target + 4 * half + 2 * p + 1, _mm_unpackhi_epi32(four[2 * p], four[2 * p + 1]));
      }
    }
  }
  return i;
}
#else
static size_t unshuffle4(const uint8_t *planes, uint8_t *elements, size_t count) { return 0; }
static size_t unshuffle8(const uint8_t *planes, uint8_t *elements, size_t count) { return 0; }
#endif

void eosin_hdf5_unshuffle(const uint8_t *planes, uint8_t *elements, size_t length, size_t size) {
  // Too short to be shuffled, however large an element claims to be, where there is none.
  size_t count = size > 0 ? length / size : 0;
  size_t done = size == 4   ? unshuffle4(planes, elements, count)
                : size == 8 ? unshuffle8(planes, elements, count)
                            : 0;
  for (size_t byte = 0; count > 0 && byte < size; byte++)
    for (size_t i = done; i < count; i++) elements[i * size + byte] = planes[byte * count + i];
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
