#include "CKernels.h"

#include "Functions.h"

// Windows over images whose channels lie side by side: what they take of each channel.

VECTORIZED void eosin_scale_cut_rows(const float *in, long stride, const float *scale,
                                     const float *shift, float *out, long rows, long columns) {
  for (long row = 0; row < rows; row++, in += stride, out += columns)
    INDEPENDENT for (long i = 0; i < columns; i++) {
      float x = in[i] * scale[i] + shift[i];
      out[i] = x > 0 ? x : 0;
    }
}

VECTORIZED void eosin_spread_rows(const float *in, long stride, float *out, const long *places,
                                  long rows, long columns) {
  for (long row = 0; row < rows; row++, in += stride) {
    float *target = out + places[row];
    INDEPENDENT for (long i = 0; i < columns; i++) target[i] = in[i];
  }
}

// The part of a window of `side`, at `place` along an axis of `size`, that lies on the image.
struct span { long first, end; };

INLINE struct span span_at(long place, long side, long size, struct eosin_window w) {
  long first = place * w.stride - w.padding, end = first + side;
  return (struct span){first < 0 ? 0 : first, end > size ? size : end};
}

VECTORIZED void eosin_largest_channels(const float *image, float *out, struct eosin_window w) {
  for (long y = 0; y < w.output_height; y++)
    for (long x = 0; x < w.output_width; x++, out += w.channels) {
      struct span rows = span_at(y, w.rows, w.height, w);
      struct span columns = span_at(x, w.columns, w.width, w);
      const float *first = image + (rows.first * w.width + columns.first) * w.channels;
      for (long c = 0; c < w.channels; c++) out[c] = first[c];
      for (long i = rows.first; i < rows.end; i++)
        for (long j = columns.first; j < columns.end; j++) {
          const float *pixel = image + (i * w.width + j) * w.channels;
          INDEPENDENT for (long c = 0; c < w.channels; c++)
            out[c] = pixel[c] > out[c] ? pixel[c] : out[c];
        }
    }
}

VECTORIZED void eosin_largest_channels_slope(const float *image, const float *out,
                                             const float *gradient, float *slopes, float *room,
                                             struct eosin_window w) {
  for (long y = 0; y < w.output_height; y++)
    for (long x = 0; x < w.output_width; x++, out += w.channels, gradient += w.channels) {
      struct span rows = span_at(y, w.rows, w.height, w);
      struct span columns = span_at(x, w.columns, w.width, w);
      for (long c = 0; c < w.channels; c++) room[c] = gradient[c];
      for (long i = rows.first; i < rows.end; i++)
        for (long j = columns.first; j < columns.end; j++) {
          long at = (i * w.width + j) * w.channels;
          const float *pixel = image + at;
          float *slope = slopes + at;
          INDEPENDENT for (long c = 0; c < w.channels; c++) {
            float taken = pixel[c] == out[c] ? room[c] : 0;
            slope[c] += taken;
            room[c] -= taken;
          }
        }
    }
}

VECTORIZED void eosin_mean_channels(const float *image, const float *scale, const float *shift,
                                    float *out, struct eosin_window w) {
  float share = 1.0f / (float)(w.rows * w.columns);
  for (long y = 0; y < w.output_height; y++)
    for (long x = 0; x < w.output_width; x++, out += w.channels) {
      const float *corner = image + (y * w.stride * w.width + x * w.stride) * w.channels;
      for (long c = 0; c < w.channels; c++) out[c] = 0;
      for (long i = 0; i < w.rows; i++)
        for (long j = 0; j < w.columns; j++) {
          const float *pixel = corner + (i * w.width + j) * w.channels;
          if (scale && shift) {
            INDEPENDENT for (long c = 0; c < w.channels; c++) {
              float value = pixel[c] * scale[c] + shift[c];
              out[c] += value > 0 ? value : 0;
            }
          } else {
            INDEPENDENT for (long c = 0; c < w.channels; c++) out[c] += pixel[c];
          }
        }
      for (long c = 0; c < w.channels; c++) out[c] *= share;
    }
}

VECTORIZED void eosin_mean_channels_slope(const float *gradient, float *slopes,
                                          struct eosin_window w) {
  float share = 1.0f / (float)(w.rows * w.columns);
  for (long y = 0; y < w.output_height; y++)
    for (long x = 0; x < w.output_width; x++, gradient += w.channels) {
      float *corner = slopes + (y * w.stride * w.width + x * w.stride) * w.channels;
      for (long i = 0; i < w.rows; i++)
        for (long j = 0; j < w.columns; j++) {
          float *slope = corner + (i * w.width + j) * w.channels;
          INDEPENDENT for (long c = 0; c < w.channels; c++) slope[c] += gradient[c] * share;
        }
    }
}
