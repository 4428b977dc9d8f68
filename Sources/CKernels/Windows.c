#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

#if defined(__x86_64__)
#define VECTORIZED __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define VECTORIZED
#endif

/// The places along one axis where an element of the window, `offset` pixels from its edge, lies
/// within the image.
struct places {
  long first, end;
};

static struct places places_within(long offset, long size, long places, struct eosin_window w) {
  long shift = w.padding - offset;  // pixel = place * stride - shift
  long first = shift > 0 ? (shift + w.stride - 1) / w.stride : 0;
  long end = size + shift > 0 ? (size + shift - 1) / w.stride + 1 : 0;
  if (end > places) end = places;
  if (first > end) first = end;
  return (struct places){first, end};
}

VECTORIZED void eosin_columns(const float *image, float *columns, struct eosin_window w, long top,
                              long bottom) {
  for (long channel = 0; channel < w.channels; channel++, image += w.height * w.width)
    for (long i = 0; i < w.rows; i++)
      for (long j = 0; j < w.columns; j++) {
        struct places across = places_within(j * w.dilation, w.width, w.output_width, w);
        for (long row = top; row < bottom; row++, columns += w.output_width) {
          long y = row * w.stride + i * w.dilation - w.padding;
          if (y < 0 || y >= w.height) {
            for (long x = 0; x < w.output_width; x++) columns[x] = 0;
            continue;
          }
          const float *line = image + y * w.width + j * w.dilation - w.padding;
          for (long x = 0; x < across.first; x++) columns[x] = 0;
          if (w.stride == 1)
            for (long x = across.first; x < across.end; x++) columns[x] = line[x];
          else
            for (long x = across.first; x < across.end; x++) columns[x] = line[x * w.stride];
          for (long x = across.end; x < w.output_width; x++) columns[x] = 0;
        }
      }
}

VECTORIZED void eosin_add_columns(const float *columns, float *image, struct eosin_window w) {
  for (long channel = 0; channel < w.channels; channel++, image += w.height * w.width)
    for (long i = 0; i < w.rows; i++)
      for (long j = 0; j < w.columns; j++) {
        struct places across = places_within(j * w.dilation, w.width, w.output_width, w);
        for (long row = 0; row < w.output_height; row++, columns += w.output_width) {
          long y = row * w.stride + i * w.dilation - w.padding;
          if (y < 0 || y >= w.height) continue;
          float *line = image + y * w.width + j * w.dilation - w.padding;
          if (w.stride == 1)
            for (long x = across.first; x < across.end; x++) line[x] += columns[x];
          else
            for (long x = across.first; x < across.end; x++) line[x * w.stride] += columns[x];
        }
      }
}

VECTORIZED void eosin_scale_and_shift(float *out, const float *scale, const float *bias, long rows,
                                      long columns, long stride, _Bool relu) {
  if (!scale && !bias && !relu) return;
  for (long row = 0; row < rows; row++, out += stride) {
    float a = scale ? scale[row] : 1, b = bias ? bias[row] : 0;
    if (relu)
      for (long i = 0; i < columns; i++) {
        float sum = out[i] * a + b;
        out[i] = sum < 0 ? 0 : sum;  // NaN stays NaN
      }
    else
      for (long i = 0; i < columns; i++) out[i] = out[i] * a + b;
  }
}

#define BLOCK 16

// At stride 1 and with places in blocks of 16: the plane is copied with its padding, so that no
// element of the window needs a test, and sums stay in registers.
VECTORIZED static void correlate_padded(const float *plane, const float *kernel, float *out,
                                        float bias, struct eosin_window w, _Bool relu,
                                        float *padded) {
  long width = w.width + 2 * w.padding + BLOCK;
  for (long y = 0; y < w.height; y++)
    memcpy(padded + (y + w.padding) * width + w.padding, plane + y * w.width,
           (size_t)w.width * sizeof *plane);
  for (long row = 0; row < w.output_height; row++, out += w.output_width)
    for (long start = 0; start < w.output_width; start += BLOCK) {
      float sums[BLOCK];
      for (long x = 0; x < BLOCK; x++) sums[x] = bias;
      for (long i = 0; i < w.rows; i++)
        for (long j = 0; j < w.columns; j++) {
          const float *line = padded + (row + i * w.dilation) * width + start + j * w.dilation;
          float k = kernel[i * w.columns + j];
          for (long x = 0; x < BLOCK; x++) sums[x] += k * line[x];
        }
      if (relu)
        for (long x = 0; x < BLOCK; x++) sums[x] = sums[x] > 0 ? sums[x] : 0;
      long count = w.output_width - start < BLOCK ? w.output_width - start : BLOCK;
      for (long x = 0; x < count; x++) out[start + x] = sums[x];
    }
}

// With few places: each is a sum along the window's rows.
VECTORIZED static void correlate_places(const float *plane, const float *kernel, float *out,
                                        float bias, struct eosin_window w, _Bool relu) {
  for (long row = 0; row < w.output_height; row++)
    for (long column = 0; column < w.output_width; column++) {
      float sum = bias;
      for (long i = 0; i < w.rows; i++) {
        const float *line =
            plane + (row * w.stride + i) * w.width + column * w.stride, *k = kernel + i * w.columns;
        for (long j = 0; j < w.columns; j++) sum += k[j] * line[j];
      }
      *out++ = relu && sum < 0 ? 0 : sum;
    }
}

// Any stride, padding and dilation: one element of the window after the other, along whole rows.
VECTORIZED static void correlate_rows(const float *plane, const float *kernel, float *out,
                                      float bias, struct eosin_window w, _Bool relu) {
  for (long row = 0; row < w.output_height; row++, out += w.output_width) {
    for (long x = 0; x < w.output_width; x++) out[x] = bias;
    for (long i = 0; i < w.rows; i++) {
      long y = row * w.stride + i * w.dilation - w.padding;
      if (y < 0 || y >= w.height) continue;
      for (long j = 0; j < w.columns; j++) {
        struct places across = places_within(j * w.dilation, w.width, w.output_width, w);
        const float *line = plane + y * w.width + j * w.dilation - w.padding;
        float k = kernel[i * w.columns + j];
        if (w.stride == 1)
          for (long x = across.first; x < across.end; x++) out[x] += k * line[x];
        else
          for (long x = across.first; x < across.end; x++) out[x] += k * line[x * w.stride];
      }
    }
    if (relu)
      for (long x = 0; x < w.output_width; x++) out[x] = out[x] > 0 ? out[x] : 0;
  }
}

void eosin_correlate_planes(const float *planes, const float *kernels, float *out,
                            const float *biases, struct eosin_window w, long first, long count,
                            long channels, _Bool relu) {
  long size = w.height * w.width, places = w.output_height * w.output_width;
  _Bool pads = w.stride == 1 && w.output_width >= BLOCK / 2;
  _Bool few = w.output_width < BLOCK / 2 && w.padding == 0 && w.dilation == 1;
  long rows = w.height + 2 * w.padding, width = w.width + 2 * w.padding + BLOCK;
  float *padded = pads ? calloc((size_t)(rows * width + BLOCK), sizeof *padded) : NULL;
  for (long plane = first; plane < first + count; plane++) {
    const float *in = planes + plane * size;
    const float *kernel = kernels + plane % channels * w.rows * w.columns;
    float *target = out + plane * places, bias = biases[plane % channels];
    if (padded)
      correlate_padded(in, kernel, target, bias, w, relu, padded);
    else if (few)
      correlate_places(in, kernel, target, bias, w, relu);
    else
      correlate_rows(in, kernel, target, bias, w, relu);
  }
  free(padded);
}

VECTORIZED void eosin_correlate_plane_back(const float *gradient, const float *kernel, float *plane,
                                           struct eosin_window w) {
  for (long row = 0; row < w.output_height; row++, gradient += w.output_width)
    for (long i = 0; i < w.rows; i++) {
      long y = row * w.stride + i * w.dilation - w.padding;
      if (y < 0 || y >= w.height) continue;
      for (long j = 0; j < w.columns; j++) {
        struct places across = places_within(j * w.dilation, w.width, w.output_width, w);
        float *line = plane + y * w.width + j * w.dilation - w.padding;
        float k = kernel[i * w.columns + j];
        for (long x = across.first; x < across.end; x++) line[x * w.stride] += k * gradient[x];
      }
    }
}

VECTORIZED void eosin_correlate_plane_weight(const float *plane, const float *gradient,
                                             float *kernel, struct eosin_window w) {
  for (long i = 0; i < w.rows; i++)
    for (long j = 0; j < w.columns; j++) {
      struct places across = places_within(j * w.dilation, w.width, w.output_width, w);
      float sum = 0;
      for (long row = 0; row < w.output_height; row++) {
        long y = row * w.stride + i * w.dilation - w.padding;
        if (y < 0 || y >= w.height) continue;
        const float *line = plane + y * w.width + j * w.dilation - w.padding;
        const float *slope = gradient + row * w.output_width;
        for (long x = across.first; x < across.end; x++) sum += slope[x] * line[x * w.stride];
      }
      kernel[i * w.columns + j] += sum;
    }
}
