#pragma once
#include <stddef.h>
#include <stdint.h>

/// Reads one JPEG file row by row through libjpeg, turning its long jumps into return values.
///
/// Order of calls: create, open, start, any of skip and read, destroy. Functions returning `int`
/// give 0 on success; otherwise `eosin_jpeg_message` has libjpeg's text. Nothing is printed.
typedef struct eosin_jpeg eosin_jpeg;

typedef struct {
  uint32_t width;
  uint32_t height;
  int components;
  /// 1 when libjpeg has to keep the coefficients of the whole picture.
  int has_several_scans;
  int is_arithmetic;
  /// 0 when libjpeg knows no way from the file's colours to RGB or CMYK.
  int has_known_colors;
  /// 8 × 8 blocks of all components together.
  uint64_t blocks;
} eosin_jpeg_header;

enum { eosin_jpeg_sound = 0, eosin_jpeg_ends_early = 1, eosin_jpeg_damaged = 2 };

/// NULL when there is no memory.
eosin_jpeg *eosin_jpeg_create(void);
void eosin_jpeg_destroy(eosin_jpeg *jpeg);

int eosin_jpeg_open(eosin_jpeg *jpeg, const char *path, eosin_jpeg_header *header);

/// The first EXIF block without its `Exif\0\0`, or NULL; valid until `start` or `destroy`.
const uint8_t *eosin_jpeg_exif(eosin_jpeg *jpeg, size_t *length);

/// Starts decoding at 1/reduction, limited to columns around `*left..<*left + *width`.
///
/// On return `*left` and `*width` tell which columns of the reduced picture each row holds: more
/// than asked, so that those asked for are the same as in the whole picture.
int eosin_jpeg_start(eosin_jpeg *jpeg, int reduction, uint32_t *left, uint32_t *width);

int eosin_jpeg_skip(eosin_jpeg *jpeg, uint32_t rows);

/// Writes `width * 3` bytes of red, green and blue to `row`.
int eosin_jpeg_read(eosin_jpeg *jpeg, uint8_t *row);

const char *eosin_jpeg_message(const eosin_jpeg *jpeg);
/// One of the values above: what libjpeg only warned of so far.
int eosin_jpeg_state(const eosin_jpeg *jpeg);
/// The full-size row, or in a file of several scans the scan, at which the damage was met.
uint32_t eosin_jpeg_damaged_row(const eosin_jpeg *jpeg);
