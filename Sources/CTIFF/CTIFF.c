#include "CTIFF.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tiffio.h>

/// The most that libtiff may allocate at once: a page's largest tile, and a little more.
static const tmsize_t most_memory = (tmsize_t)5 << 28;

struct eosin_tiff {
  TIFF *tiff;
  TIFFRGBAImage image;
  int has_begun;
  /// Pixels as libtiff gives them, with room for as many as were read at once.
  uint32_t *raster;
  size_t raster_count;
  /// One tile as it is stored, where tiles are not compressed.
  uint8_t *stored_tile;
  /// 1 when colours come as they are stored beside an opacity, not multiplied by it.
  int is_straight;
  char message[1024];
};

void eosin_tiff_be_quiet(void) {
  TIFFSetErrorHandler(NULL);
  TIFFSetWarningHandler(NULL);
}

/// Keeps the first text of several: later ones follow from it.
static int note_error(
    TIFF *tiff, void *user, const char *module, const char *format, va_list values) {
  (void)tiff;
  (void)module;
  eosin_tiff *self = user;
  if (!self->message[0]) vsnprintf(self->message, sizeof self->message, format, values);
  return 1;
}

static int ignore_warning(
    TIFF *tiff, void *user, const char *module, const char *format, va_list values) {
  (void)tiff;
  (void)user;
  (void)module;
  (void)format;
  (void)values;
  return 1;
}

static int fail(eosin_tiff *self, const char *text) {
  if (!self->message[0]) snprintf(self->message, sizeof self->message, "%s", text);
  return -1;
}

eosin_tiff *eosin_tiff_create(void) { return calloc(1, sizeof(eosin_tiff)); }

static void end_reading(eosin_tiff *self) {
  if (self->has_begun) TIFFRGBAImageEnd(&self->image);
  self->has_begun = 0;
}

void eosin_tiff_destroy(eosin_tiff *self) {
  if (!self) return;
  end_reading(self);
  if (self->tiff) TIFFClose(self->tiff);
  free(self->raster);
  free(self->stored_tile);
  free(self);
}

int eosin_tiff_open(eosin_tiff *self, const char *path) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options) return fail(self, "there is no memory");
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, most_memory);
  TIFFOpenOptionsSetErrorHandlerExtR(options, note_error, self);
  TIFFOpenOptionsSetWarningHandlerExtR(options, ignore_warning, self);
  // Not mapped: a file cut while it is read would end the program.
  self->tiff = TIFFOpenExt(path, "rm", options);
  TIFFOpenOptionsFree(options);
  return self->tiff ? 0 : fail(self, "it cannot be opened");
}

int eosin_tiff_next(eosin_tiff *self) {
  end_reading(self);
  if (TIFFLastDirectory(self->tiff)) return 1;
  self->message[0] = 0;
  return TIFFReadDirectory(self->tiff) ? 0 : fail(self, "a page cannot be read");
}

int eosin_tiff_go_to(eosin_tiff *self, uint64_t offset) {
  end_reading(self);
  self->message[0] = 0;
  return TIFFSetSubDirectory(self->tiff, offset) ? 0 : fail(self, "a page cannot be read");
}

int eosin_tiff_describe(eosin_tiff *self, eosin_tiff_page *page) {
  TIFF *tiff = self->tiff;
  *page = (eosin_tiff_page){.offset = TIFFCurrentDirOffset(tiff)};
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &page->width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &page->height);
  page->is_tiled = TIFFIsTiled(tiff);
  if (page->is_tiled) {
    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &page->tile_width);
    TIFFGetField(tiff, TIFFTAG_TILELENGTH, &page->tile_height);
  } else {
    page->tile_width = page->width;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &page->tile_height);
    if (page->tile_height > page->height) page->tile_height = page->height;
  }
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &page->bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &page->samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &page->sample_format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &page->compression);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &page->orientation);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_RESOLUTIONUNIT, &page->resolution_unit);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SUBFILETYPE, &page->subfile);
  TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &page->resolution);
  page->is_codec_missing = !TIFFIsCODECConfigured(page->compression);
  if (page->width && page->height && page->tile_width && page->tile_height) return 0;
  return fail(self, "it has a page without pixels");
}

int eosin_tiff_subpages(eosin_tiff *self, uint64_t *offsets, int most) {
  uint16_t count = 0;
  uint64_t *found = NULL;
  if (!TIFFGetField(self->tiff, TIFFTAG_SUBIFD, &count, &found) || !found) return 0;
  if (count > most) count = (uint16_t)most;
  memcpy(offsets, found, count * sizeof *offsets);
  return count;
}

const char *eosin_tiff_description(eosin_tiff *self) {
  char *text = NULL;
  return TIFFGetField(self->tiff, TIFFTAG_IMAGEDESCRIPTION, &text) ? text : NULL;
}

/// Without a file mapped to memory libtiff reads an uncompressed tile only into a buffer of just its
/// size; its own are rounded up.
static int make_room_for_stored(eosin_tiff *self) {
  uint16_t compression = COMPRESSION_NONE;
  TIFFGetFieldDefaulted(self->tiff, TIFFTAG_COMPRESSION, &compression);
  if (compression != COMPRESSION_NONE || !TIFFIsTiled(self->tiff)) return 0;
  tmsize_t size = TIFFTileSize(self->tiff);
  free(self->stored_tile);
  self->stored_tile = size > 0 ? malloc((size_t)size) : NULL;
  if (!self->stored_tile || !TIFFReadBufferSetup(self->tiff, self->stored_tile, size))
    return fail(self, "there is no memory for a tile");
  return 0;
}

int eosin_tiff_begin(eosin_tiff *self) {
  char text[1024] = "";
  self->message[0] = 0;
  if (!TIFFRGBAImageOK(self->tiff, text) ||
      !TIFFRGBAImageBegin(&self->image, self->tiff, 1, text))
    return fail(self, text);
  self->has_begun = 1;
  // Rows come as they are stored; the caller turns them.
  self->image.orientation = ORIENTATION_TOPLEFT;
  self->image.req_orientation = ORIENTATION_TOPLEFT;
  // libtiff multiplies by the opacity where there are three colours.
  int is_grey = self->image.photometric == PHOTOMETRIC_MINISBLACK ||
                self->image.photometric == PHOTOMETRIC_MINISWHITE;
  self->is_straight = is_grey && self->image.alpha == EXTRASAMPLE_UNASSALPHA;
  return make_room_for_stored(self);
}

/// Whether no plane of the tile at a place was ever written.
static int is_unwritten(eosin_tiff *self, uint32_t x, uint32_t y) {
  uint16_t planes = 1;
  if (!self->image.isContig) planes = self->image.samplesperpixel;
  for (uint16_t plane = 0; plane < planes; plane++)
    if (TIFFGetStrileByteCount(self->tiff, TIFFComputeTile(self->tiff, x, y, 0, plane))) return 0;
  return 1;
}

static int make_room(eosin_tiff *self, size_t count) {
  if (count <= self->raster_count) return 0;
  free(self->raster);
  self->raster_count = 0;
  self->raster = calloc(count, sizeof *self->raster);
  if (!self->raster) return fail(self, "there is no memory for its pixels");
  self->raster_count = count;
  return 0;
}

/// Puts a row of libtiff's pixels over white.
static void over_white(const eosin_tiff *self, const uint32_t *row, uint32_t width, uint8_t *rgb) {
  int is_opaque = self->image.alpha == 0;
  for (size_t x = 0; x < width; x++) {
    unsigned opacity = is_opaque ? 255 : TIFFGetA(row[x]);
    unsigned channels[3] = {TIFFGetR(row[x]), TIFFGetG(row[x]), TIFFGetB(row[x])};
    for (size_t channel = 0; channel < 3; channel++) {
      unsigned color = channels[channel];
      if (self->is_straight) color = (color * opacity + 127) / 255;
      color += 255 - opacity;
      rgb[x * 3 + channel] = (uint8_t)(color > 255 ? 255 : color);
    }
  }
}

int eosin_tiff_read(
    eosin_tiff *self, uint32_t x, uint32_t y, uint32_t width, uint32_t height, uint8_t *rgb) {
  // A whole tile, even where it goes beyond the page: libtiff's way to cut one is not sound for
  // grey pixels of several samples.
  uint32_t columns = width, rows = height;
  self->message[0] = 0;
  if (TIFFIsTiled(self->tiff)) {
    if (is_unwritten(self, x, y)) {
      memset(rgb, 255, (size_t)width * height * 3);
      return 0;
    }
    TIFFGetField(self->tiff, TIFFTAG_TILEWIDTH, &columns);
    TIFFGetField(self->tiff, TIFFTAG_TILELENGTH, &rows);
    if (width > columns || height > rows) return fail(self, "more than a tile was asked for");
    if (self->image.width < columns) self->image.width = columns;
    if (self->image.height < rows) self->image.height = rows;
  }
  if (make_room(self, (size_t)columns * rows)) return -1;
  self->image.col_offset = (int)x;
  self->image.row_offset = (int)y;
  if (!TIFFRGBAImageGet(&self->image, self->raster, columns, rows))
    return fail(self, "its pixels cannot be decoded");
  for (size_t row = 0; row < height; row++)
    over_white(self, self->raster + row * columns, width, rgb + row * width * 3);
  return 0;
}

int eosin_tiff_read_labels(eosin_tiff *self, uint32_t x, uint32_t y, uint16_t *labels) {
  eosin_tiff_page page;
  self->message[0] = 0;
  if (eosin_tiff_describe(self, &page)) return -1;
  if (page.samples != 1 || (page.bits != 8 && page.bits != 16))
    return fail(self, "its pixels are not one number each");
  size_t count = (size_t)page.tile_width * page.tile_height;
  size_t width = page.bits / 8;
  memset(labels, 0, count * sizeof *labels);
  uint32_t place = page.is_tiled ? TIFFComputeTile(self->tiff, x, y, 0, 0)
                                 : TIFFComputeStrip(self->tiff, y, 0);
  if (!TIFFGetStrileByteCount(self->tiff, place)) return 0;
  // A buffer of just a tile's size, as libtiff's own is not used for one that is not compressed.
  uint8_t *stored = calloc(count, width);
  if (!stored) return fail(self, "there is no memory for its pixels");
  tmsize_t room = (tmsize_t)(count * width);
  tmsize_t read = page.is_tiled ? TIFFReadEncodedTile(self->tiff, place, stored, room)
                                : TIFFReadEncodedStrip(self->tiff, place, stored, room);
  for (size_t i = 0; read >= 0 && i < count; i++) {
    uint16_t wide;
    memcpy(&wide, stored + i * width, width);
    labels[i] = width == 1 ? stored[i] : wide;
  }
  free(stored);
  return read < 0 ? fail(self, "its pixels cannot be decoded") : 0;
}

const char *eosin_tiff_message(const eosin_tiff *self) { return self->message; }
