#include "CPNG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

struct eosin_png {
  png_structp png;
  png_infop info;
  jmp_buf jump;
  char message[256];
  FILE *file;
  int ends_early;
  int reduction;
  int channels;
  uint32_t width;
  uint32_t height;
  uint32_t rows_read;
  /// One full-size row as libpng gives it, three or four channels.
  uint8_t *row;
  /// All of them when the picture is interlaced, else NULL.
  uint8_t *whole;
  /// Sums over a band of rows, when the picture is reduced.
  uint32_t *sums;
};

static void fail(png_structp png, png_const_charp text) {
  eosin_png *self = png_get_error_ptr(png);
  snprintf(self->message, sizeof self->message, "%s", text);
  longjmp(self->jump, 1);
}

static void say_nothing(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void read_bytes(png_structp png, png_bytep bytes, size_t count) {
  eosin_png *self = png_get_io_ptr(png);
  if (fread(bytes, 1, count, self->file) == count) return;
  self->ends_early = 1;
  png_error(png, "the file ends early");
}

eosin_png *eosin_png_create(void) { return calloc(1, sizeof(eosin_png)); }

void eosin_png_destroy(eosin_png *self) {
  if (!self) return;
  if (self->png) png_destroy_read_struct(&self->png, &self->info, NULL);
  if (self->file) fclose(self->file);
  free(self->row);
  free(self->whole);
  free(self->sums);
  free(self);
}

int eosin_png_open(eosin_png *self, const char *path, eosin_png_header *header) {
  self->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, self, fail, say_nothing);
  if (self->png) self->info = png_create_info_struct(self->png);
  if (!self->info) {
    snprintf(self->message, sizeof self->message, "libpng cannot be started");
    return -1;
  }
  self->file = fopen(path, "rbe");
  if (!self->file) {
    snprintf(self->message, sizeof self->message, "it cannot be opened");
    return -1;
  }
  if (setjmp(self->jump)) return -1;
  png_set_read_fn(self->png, self, read_bytes);
  // The caller judges the size; profiles and texts, which unpack to any length, are not needed.
  png_set_user_limits(self->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  static const png_byte unused[] = "iCCP\0iTXt\0tEXt\0zTXt\0sPLT\0hIST\0pCAL\0sCAL";
  png_set_keep_unknown_chunks(
      self->png, PNG_HANDLE_CHUNK_NEVER, unused, (int)(sizeof unused / 5));
  png_read_info(self->png, self->info);

  self->width = png_get_image_width(self->png, self->info);
  self->height = png_get_image_height(self->png, self->info);
  *header = (eosin_png_header){
      .width = self->width,
      .height = self->height,
      .is_interlaced = png_get_interlace_type(self->png, self->info) != PNG_INTERLACE_NONE,
      .row_bytes = png_get_rowbytes(self->png, self->info),
  };
  return 0;
}

const uint8_t *eosin_png_exif(eosin_png *self, size_t *length) {
  png_uint_32 count = 0;
  png_bytep bytes = NULL;
  if (setjmp(self->jump)) return NULL;
  if (!png_get_eXIf_1(self->png, self->info, &count, &bytes)) return NULL;
  *length = count;
  return bytes;
}

static uint32_t reduced(uint32_t length, int reduction) {
  return (uint32_t)(((uint64_t)length + (uint64_t)reduction - 1) / (uint64_t)reduction);
}

/// Allocates the buffers; returns 0 when there is memory.
static int make_room(eosin_png *self, size_t row_bytes, int is_interlaced) {
  self->row = malloc(row_bytes);
  if (is_interlaced) self->whole = calloc(self->height, row_bytes);
  if (self->reduction > 1)
    self->sums = malloc((size_t)reduced(self->width, self->reduction) * 3 * sizeof(uint32_t));
  int is_short = !self->row || (is_interlaced && !self->whole) ||
                 (self->reduction > 1 && !self->sums);
  if (is_short) snprintf(self->message, sizeof self->message, "there is no memory for its rows");
  return is_short ? -1 : 0;
}

int eosin_png_start(eosin_png *self, int reduction) {
  if (setjmp(self->jump)) return -1;
  self->reduction = reduction;
  png_set_expand(self->png);
  png_set_scale_16(self->png);
  png_set_gray_to_rgb(self->png);
  int passes = png_set_interlace_handling(self->png);
  png_read_update_info(self->png, self->info);
  self->channels = png_get_channels(self->png, self->info);
  size_t row_bytes = png_get_rowbytes(self->png, self->info);
  if (row_bytes != (size_t)self->width * (size_t)self->channels || self->channels < 3) {
    snprintf(self->message, sizeof self->message, "its pixels have an unknown layout");
    return -1;
  }
  if (make_room(self, row_bytes, passes > 1)) return -1;
  if (!self->whole) return 0;
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t y = 0; y < self->height; y++)
      png_read_row(self->png, self->whole + (size_t)y * row_bytes, NULL);
  return 0;
}

/// The next full-size row, three or four channels.
static const uint8_t *next_row(eosin_png *self) {
  uint32_t y = self->rows_read;
  if (y >= self->height) png_error(self->png, "its rows end early");
  const uint8_t *row = self->row;
  if (self->whole) {
    row = self->whole + (size_t)y * self->width * (size_t)self->channels;
  } else {
    png_read_row(self->png, self->row, NULL);
  }
  self->rows_read = y + 1;
  return row;
}

/// Puts a pixel over white.
static inline void over_white(const uint8_t *pixel, int channels, uint8_t *color) {
  unsigned alpha = channels == 4 ? pixel[3] : 255;
  for (int channel = 0; channel < 3; channel++)
    color[channel] = (uint8_t)((pixel[channel] * alpha + 255 * (255 - alpha) + 127) / 255);
}

int eosin_png_skip(eosin_png *self, uint32_t rows) {
  if (setjmp(self->jump)) return -1;
  uint64_t target = self->rows_read + (uint64_t)rows * (uint64_t)self->reduction;
  if (target > self->height) target = self->height;
  while (self->rows_read < target) next_row(self);
  return 0;
}

static void read_full_size(eosin_png *self, uint8_t *target) {
  const uint8_t *row = next_row(self);
  for (size_t x = 0; x < self->width; x++)
    over_white(row + x * (size_t)self->channels, self->channels, target + x * 3);
}

static void read_averages(eosin_png *self, uint8_t *target) {
  uint32_t columns = reduced(self->width, self->reduction);
  uint32_t side = (uint32_t)self->reduction;
  uint32_t left = self->height - self->rows_read;
  uint32_t rows = left < side ? left : side;
  memset(self->sums, 0, (size_t)columns * 3 * sizeof(uint32_t));
  for (uint32_t band = 0; band < rows; band++) {
    const uint8_t *row = next_row(self);
    for (size_t x = 0; x < self->width; x++) {
      uint8_t color[3];
      over_white(row + x * (size_t)self->channels, self->channels, color);
      uint32_t *sum = self->sums + x / side * 3;
      for (int channel = 0; channel < 3; channel++) sum[channel] += color[channel];
    }
  }
  for (size_t column = 0; column < columns; column++) {
    uint32_t width = self->width - (uint32_t)column * side;
    uint32_t count = rows * (width < side ? width : side);
    for (size_t channel = 0; channel < 3; channel++)
      target[column * 3 + channel] =
          (uint8_t)((self->sums[column * 3 + channel] + count / 2) / count);
  }
}

int eosin_png_read(eosin_png *self, uint8_t *row) {
  if (setjmp(self->jump)) return -1;
  if (self->rows_read >= self->height) {
    snprintf(self->message, sizeof self->message, "its rows end early");
    return -1;
  }
  if (self->reduction == 1) {
    read_full_size(self, row);
  } else {
    read_averages(self, row);
  }
  return 0;
}

int eosin_png_start_labels(eosin_png *self) {
  if (setjmp(self->jump)) return -1;
  int bits = png_get_bit_depth(self->png, self->info);
  int is_plain = png_get_interlace_type(self->png, self->info) == PNG_INTERLACE_NONE &&
                 png_get_color_type(self->png, self->info) == PNG_COLOR_TYPE_GRAY;
  if (!is_plain || (bits != 8 && bits != 16)) {
    snprintf(self->message, sizeof self->message, "it is not plain grey of 8 or 16 bits");
    return -1;
  }
  png_read_update_info(self->png, self->info);
  self->channels = bits / 8;
  self->row = malloc(png_get_rowbytes(self->png, self->info));
  if (self->row) return 0;
  snprintf(self->message, sizeof self->message, "there is no memory for its rows");
  return -1;
}

int eosin_png_read_labels(eosin_png *self, uint16_t *row) {
  if (setjmp(self->jump)) return -1;
  const uint8_t *bytes = next_row(self);
  for (size_t x = 0; x < self->width; x++)
    row[x] = self->channels == 1
                 ? bytes[x]
                 : (uint16_t)((unsigned)bytes[2 * x] << 8 | (unsigned)bytes[2 * x + 1]);
  return 0;
}

int eosin_png_finish(eosin_png *self) {
  if (setjmp(self->jump)) return -1;
  png_read_end(self->png, NULL);
  return 0;
}

const char *eosin_png_message(const eosin_png *self) { return self->message; }
int eosin_png_ends_early(const eosin_png *self) { return self->ends_early; }
uint32_t eosin_png_rows_read(const eosin_png *self) { return self->rows_read; }

/// Bytes that grow as libpng writes.
typedef struct {
  uint8_t *bytes;
  size_t count;
  size_t capacity;
  jmp_buf jump;
} growing;

static void grow(png_structp png, png_bytep bytes, size_t count) {
  growing *output = png_get_io_ptr(png);
  if (output->capacity - output->count < count) {
    size_t capacity = output->capacity * 2 + count;
    uint8_t *room = realloc(output->bytes, capacity);
    if (!room) png_error(png, "there is no memory");
    output->bytes = room;
    output->capacity = capacity;
  }
  memcpy(output->bytes + output->count, bytes, count);
  output->count += count;
}

static void keep_bytes(png_structp png) { (void)png; }

static void fail_writing(png_structp png, png_const_charp text) {
  (void)text;
  growing *output = png_get_error_ptr(png);
  longjmp(output->jump, 1);
}

uint8_t *eosin_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, size_t *length) {
  growing *output = calloc(1, sizeof(growing));
  if (!output) return NULL;
  png_structp png =
      png_create_write_struct(PNG_LIBPNG_VER_STRING, output, fail_writing, say_nothing);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  uint8_t *bytes = NULL;
  if (info && !setjmp(output->jump)) {
    png_set_write_fn(png, output, grow, keep_bytes);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (size_t y = 0; y < height; y++) png_write_row(png, pixels + y * width * 3);
    png_write_end(png, info);
    *length = output->count;
    bytes = output->bytes;
  } else {
    free(output->bytes);
  }
  if (png) png_destroy_write_struct(&png, &info);
  free(output);
  return bytes;
}
