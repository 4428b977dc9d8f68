#pragma once
#include <stddef.h>
#include <stdint.h>

/// Keeps libtiff from printing its errors and warnings; called once before anything else.
void eosin_tiff_be_quiet(void);

/// Reads pages of one TIFF or BigTIFF file through libtiff.
///
/// Order of calls: create, open, any of next, go_to and describe, then begin and any of read,
/// destroy. Functions returning `int` give 0 on success; otherwise `eosin_tiff_message` has
/// libtiff's text. Nothing is printed, and the file is not mapped to memory.
typedef struct eosin_tiff eosin_tiff;

/// What a page's directory says.
typedef struct {
  uint32_t width;
  uint32_t height;
  /// Of one tile; of one strip, the page's width and the rows per strip.
  uint32_t tile_width;
  uint32_t tile_height;
  int is_tiled;
  /// 1 when libtiff was built without what the page is compressed with.
  int is_codec_missing;
  uint16_t bits;
  uint16_t samples;
  /// TIFF's numbers: 1 unsigned, 2 signed, 3 floating point.
  uint16_t sample_format;
  uint16_t compression;
  uint16_t orientation;
  /// 2 for inches, 3 for centimetres, else none.
  uint16_t resolution_unit;
  /// TIFF's bits: 1 reduced, 4 a mask.
  uint32_t subfile;
  /// Pixels per unit along x; 0 when it is not told.
  float resolution;
  /// Where the directory lies in the file.
  uint64_t offset;
} eosin_tiff_page;

/// NULL when there is no memory.
eosin_tiff *eosin_tiff_create(void);
void eosin_tiff_destroy(eosin_tiff *tiff);

/// Opens the file at its first page.
int eosin_tiff_open(eosin_tiff *tiff, const char *path);

/// Goes on to the next page; 1 when there is none.
int eosin_tiff_next(eosin_tiff *tiff);

/// Goes to the page whose directory lies at an offset.
int eosin_tiff_go_to(eosin_tiff *tiff, uint64_t offset);

int eosin_tiff_describe(eosin_tiff *tiff, eosin_tiff_page *page);

/// Offsets of the page's reduced versions, at most `most`; gives their number.
int eosin_tiff_subpages(eosin_tiff *tiff, uint64_t *offsets, int most);

/// The page's description, or NULL; valid until another page is gone to.
const char *eosin_tiff_description(eosin_tiff *tiff);

/// Makes ready to read the page's pixels; fails where libtiff cannot turn them into colours.
int eosin_tiff_begin(eosin_tiff *tiff);

/// Writes red, green and blue of part of the page to `rgb`, over white where it is transparent,
/// in the order of the file whatever its orientation; `width * height * 3` bytes.
///
/// The part is what one tile, or several strips whole, have of the page. A tile that was never
/// written is white.
int eosin_tiff_read(
    eosin_tiff *tiff, uint32_t x, uint32_t y, uint32_t width, uint32_t height, uint8_t *rgb);

/// Writes the numbers of the tile or strip at a place to `labels`, `tile_width * tile_height` of them
/// as the page's description has these; zeros beyond a last strip, and for a tile never written.
/// For pages of one sample of 8 or 16 bits a pixel, without `begin`.
int eosin_tiff_read_labels(eosin_tiff *tiff, uint32_t x, uint32_t y, uint16_t *labels);

const char *eosin_tiff_message(const eosin_tiff *tiff);
