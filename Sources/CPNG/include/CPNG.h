#pragma once
#include <stddef.h>
#include <stdint.h>

/// Reads one PNG file row by row through libpng, turning its long jumps into return values.
///
/// Order of calls: create, open, start, any of skip and read, finish, destroy. Functions returning
/// `int` give 0 on success; otherwise `eosin_png_message` has libpng's text. Nothing is printed.
typedef struct eosin_png eosin_png;

typedef struct {
  uint32_t width;
  uint32_t height;
  int is_interlaced;
  /// Bytes of one row as stored, before deflate.
  uint64_t row_bytes;
} eosin_png_header;

/// NULL when there is no memory.
eosin_png *eosin_png_create(void);
void eosin_png_destroy(eosin_png *png);

/// Reads up to the first pixel data; allocates nothing that grows with the picture.
int eosin_png_open(eosin_png *png, const char *path, eosin_png_header *header);

/// The EXIF block met before the pixels, or NULL; valid until `destroy`.
const uint8_t *eosin_png_exif(eosin_png *png, size_t *length);

/// Starts decoding at 1/reduction: averages of reduction × reduction pixels, fewer at the edges.
int eosin_png_start(eosin_png *png, int reduction);

/// Skips rows of the reduced picture.
int eosin_png_skip(eosin_png *png, uint32_t rows);

/// Writes red, green and blue of one row of the reduced picture to `row`, over white where the
/// picture is transparent; `ceil(width / reduction) * 3` bytes.
int eosin_png_read(eosin_png *png, uint8_t *row);

/// Starts decoding a grey picture of 8 or 16 bits as the numbers it holds; fails for any other, and
/// for one that is interlaced. In place of `start`, and before `read_labels` alone.
int eosin_png_start_labels(eosin_png *png);

/// Writes the numbers of the next row to `row`, as many as the picture is wide.
int eosin_png_read_labels(eosin_png *png, uint16_t *row);

/// After the last row: checks what follows the pixels.
int eosin_png_finish(eosin_png *png);

const char *eosin_png_message(const eosin_png *png);
/// 1 when the file ended before the PNG did.
int eosin_png_ends_early(const eosin_png *png);
/// Full-size rows decoded so far.
uint32_t eosin_png_rows_read(const eosin_png *png);

/// Encodes 8-bit RGB; `*data` is to be freed by `free`. NULL when there is no memory.
uint8_t *eosin_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, size_t *length);
