#include "CKernels.h"

#include <stdint.h>
#include <string.h>

#include "Functions.h"

VECTORIZED void eosin_adam(const struct eosin_adam_step *step, const float *gradient,
                           const float *weight, const float *first, const float *second,
                           float *new_weight, float *new_first, float *new_second, long count) {
  struct eosin_adam_step s = *step;
  INDEPENDENT for (long i = 0; i < count; i++) {
    float g = gradient[i] + s.decay * weight[i];
    float m = s.keep * first[i] + s.add * g;
    float v = s.keep_square * second[i] + s.add_square * g * g;
    new_first[i] = m;
    new_second[i] = v;
    new_weight[i] = s.kept * weight[i] - s.size * m / (__builtin_elementwise_sqrt(v) * s.root + s.epsilon);
  }
}

INLINE uint64_t rotated(uint64_t bits, int distance) {
  return bits << distance | bits >> (64 - distance);
}

INLINE uint64_t splitmix(uint64_t *state) {
  uint64_t bits = *state += 0x9E3779B97F4A7C15u;
  bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9u;
  bits = (bits ^ bits >> 27) * 0x94D049BB133111EBu;
  return bits ^ bits >> 31;
}

// Generators side by side, and elements they draw for before others take over.
enum { generators = 8, chunk = eosin_dropout_chunk };

// The states of `SeededGenerator(seed:stream:)` for the streams of a chunk.
INLINE void seed_chunk(uint64_t state[4][generators], uint64_t seed, long index) {
  for (long lane = 0; lane < generators; lane++) {
    uint64_t stream = (uint64_t)(index * generators + lane);
    uint64_t filler = seed ^ splitmix(&stream);
    for (long word = 0; word < 4; word++) state[word][lane] = splitmix(&filler);
  }
}

INLINE void draw(uint64_t s[4][generators], uint64_t bits[generators]) {
  for (long lane = 0; lane < generators; lane++) {
    bits[lane] = rotated(s[1][lane] * 5, 7) * 9;
    uint64_t shifted = s[1][lane] << 17;
    s[2][lane] ^= s[0][lane];
    s[3][lane] ^= s[1][lane];
    s[1][lane] ^= s[2][lane];
    s[0][lane] ^= s[3][lane];
    s[2][lane] ^= shifted;
    s[3][lane] = rotated(s[3][lane], 45);
  }
}

VECTORIZED void eosin_drop_out(uint64_t seed, uint32_t bound, float scale, const float *in,
                               const float *residual, float *out, long count, long first,
                               long end) {
  enum { drawn = 2 * generators };
  for (long index = first; index < end; index++) {
    uint64_t state[4][generators];
    seed_chunk(state, seed, index);
    long last = (index + 1) * chunk < count ? (index + 1) * chunk : count;
    for (long start = index * chunk; start < last; start += drawn) {
      uint64_t bits[generators];
      draw(state, bits);
      float factors[drawn];
      for (long lane = 0; lane < generators; lane++) {
        factors[2 * lane] = (uint32_t)bits[lane] < bound ? 0 : scale;
        factors[2 * lane + 1] = (uint32_t)(bits[lane] >> 32) < bound ? 0 : scale;
      }
      long left = last - start < drawn ? last - start : drawn;
      if (left == drawn && residual)
        INDEPENDENT for (long i = 0; i < drawn; i++)
          out[start + i] = residual[start + i] + in[start + i] * factors[i];
      else if (left == drawn)
        INDEPENDENT for (long i = 0; i < drawn; i++) out[start + i] = in[start + i] * factors[i];
      else
        for (long i = 0; i < left; i++)
          out[start + i] = (residual ? residual[start + i] : 0) + in[start + i] * factors[i];
    }
  }
}

void eosin_add_windows(const float *columns, float *image, const struct eosin_windows *windows) {
  for (long place = 0; place < windows->count; place++)
    for (long run = 0; run < windows->runs; run++, columns += windows->length) {
      float *line = image + windows->places[place] + windows->starts[run];
      eosin_add(line, columns, line, windows->length);
    }
}

// Lanes of a channel block, and places whose sums run side by side.
enum { block = 16, together = 4 };

VECTORIZED void eosin_correlate_channels_weight(const float *padded, const float *gradient,
                                                float *kernel, struct eosin_window w) {
  long line = (w.width + 2 * w.padding) * w.channels, c = w.channels;
  for (long i = 0; i < w.rows; i++)
    for (long j = 0; j < w.columns; j++, kernel += c)
      for (long first = 0; first < c; first += block) {
        float sums[together][block] = {{0}};
        for (long y = 0; y < w.output_height; y++) {
          const float *in = padded + (y + i) * line + j * c + first;
          const float *g = gradient + y * w.output_width * c + first;
          long x = 0;
          for (; x + together <= w.output_width; x += together)
            for (long p = 0; p < together; p++)
              for (long lane = 0; lane < block; lane++)
                sums[p][lane] += in[(x + p) * c + lane] * g[(x + p) * c + lane];
          for (; x < w.output_width; x++)
            for (long lane = 0; lane < block; lane++)
              sums[0][lane] += in[x * c + lane] * g[x * c + lane];
        }
        for (long lane = 0; lane < block; lane++)
          kernel[first + lane] +=
              (sums[0][lane] + sums[1][lane]) + (sums[2][lane] + sums[3][lane]);
      }
}

// Rows summed in single precision before they are added to sums in double precision.
enum { rows_together = 64 };

// Adds up `term` of columns in blocks of 16; the last block may be narrower.
#define COLUMN_SUMS(sums, rows, columns, term)                                       \
  for (long left = 0; left < (columns); left += block) {                             \
    long width = (columns) - left < block ? (columns) - left : block;                \
    for (long top = 0; top < (rows); top += rows_together) {                         \
      long bottom = top + rows_together < (rows) ? top + rows_together : (rows);     \
      float lanes[block] = {0};                                                      \
      for (long row = top; row < bottom; row++)                                      \
        if (width == block)                                                          \
          for (long lane = 0; lane < block; lane++) {                                \
            long column = left + lane, i = row * (columns) + column;                 \
            (void)column;                                                            \
            lanes[lane] += (term);                                                   \
          }                                                                          \
        else                                                                         \
          for (long lane = 0; lane < width; lane++) {                                \
            long column = left + lane, i = row * (columns) + column;                 \
            (void)column;                                                            \
            lanes[lane] += (term);                                                   \
          }                                                                          \
      for (long lane = 0; lane < width; lane++) sums[left + lane] += lanes[lane];    \
    }                                                                                \
  }

VECTORIZED void eosin_column_sums(const float *in, double *sums, long rows, long columns) {
  COLUMN_SUMS(sums, rows, columns, in[i])
}

VECTORIZED void eosin_column_squares(const float *in, const float *means, double *sums, long rows,
                                     long columns) {
  COLUMN_SUMS(sums, rows, columns, (in[i] - means[column]) * (in[i] - means[column]))
}

INLINE float normalized(float x, float mean, float inverse, float weight, float bias) {
  return (x - mean) * inverse * weight + bias;
}

VECTORIZED void eosin_normalize_columns(const float *in, const struct eosin_column_norm *norm,
                                        enum eosin_activation activation, const float *residual,
                                        float *out, long rows, long columns) {
  const float *mean = norm->means, *inverse = norm->inverses, *w = norm->weight, *b = norm->bias;
  for (long row = 0; row < rows; row++) {
    const float *x = in + row * columns;
    float *y = out + row * columns;
    if (activation == eosin_relu_activation)
      INDEPENDENT for (long i = 0; i < columns; i++) {
        float value = normalized(x[i], mean[i], inverse[i], w[i], b[i]);
        y[i] = value < 0 ? 0 : value;  // NaN stays NaN
      }
    else if (activation == eosin_gelu_activation)
      INDEPENDENT for (long i = 0; i < columns; i++)
        y[i] = gelu_of(normalized(x[i], mean[i], inverse[i], w[i], b[i]));
    else
      INDEPENDENT for (long i = 0; i < columns; i++)
        y[i] = normalized(x[i], mean[i], inverse[i], w[i], b[i]);
    if (residual)
      INDEPENDENT for (long i = 0; i < columns; i++) y[i] += residual[row * columns + i];
  }
}

VECTORIZED void eosin_normalize_columns_slope(const float *in, const float *gradient,
                                              const struct eosin_column_norm *norm,
                                              enum eosin_activation activation, float *out,
                                              double *sums, double *standard_sums, long rows,
                                              long columns) {
  const float *mean = norm->means, *inverse = norm->inverses, *w = norm->weight, *b = norm->bias;
  for (long row = 0; row < rows; row++) {
    const float *x = in + row * columns, *g = gradient + row * columns;
    float *y = out + row * columns;
    if (activation == eosin_relu_activation)
      INDEPENDENT for (long i = 0; i < columns; i++)
        y[i] = normalized(x[i], mean[i], inverse[i], w[i], b[i]) > 0 ? g[i] : 0;
    else if (activation == eosin_gelu_activation)
      INDEPENDENT for (long i = 0; i < columns; i++)
        y[i] = g[i] * gelu_slope_of(normalized(x[i], mean[i], inverse[i], w[i], b[i]));
    else
      memcpy(y, g, (size_t)columns * sizeof *y);
  }
  COLUMN_SUMS(sums, rows, columns, out[i])
  COLUMN_SUMS(standard_sums, rows, columns, out[i] * ((in[i] - mean[column]) * inverse[column]))
}

VECTORIZED void eosin_normalize_columns_back(const float *in, const struct eosin_column_norm *norm,
                                             const float *mean_slope, const float *mean_standard,
                                             float *out, long rows, long columns) {
  const float *mean = norm->means, *inverse = norm->inverses, *w = norm->weight;
  for (long row = 0; row < rows; row++) {
    const float *x = in + row * columns;
    float *y = out + row * columns;
    INDEPENDENT for (long i = 0; i < columns; i++) {
      float standard = (x[i] - mean[i]) * inverse[i];
      y[i] = (y[i] - mean_slope[i] - standard * mean_standard[i]) * (w[i] * inverse[i]);
    }
  }
}

VECTORIZED void eosin_lstm_gates_slope(const float *sums, const float *memory, const float *kept,
                                       const float *hidden_gradient, const float *kept_gradient,
                                       float *slopes, float *memory_slope, long rows, long width) {
  for (long row = 0; row < rows; row++, sums += 4 * width, slopes += 4 * width) {
    long start = row * width;
    INDEPENDENT for (long i = 0; i < width; i++) {
      float in = sigmoid_of(sums[i]), forget = sigmoid_of(sums[width + i]);
      float cell = tanh_of(sums[2 * width + i]), out = sigmoid_of(sums[3 * width + i]);
      float shown = tanh_of(kept[start + i]), h = hidden_gradient[start + i];
      float c = kept_gradient[start + i] + h * out * (1.0f - shown * shown);
      slopes[i] = c * cell * in * (1.0f - in);
      slopes[width + i] = memory ? c * memory[start + i] * forget * (1.0f - forget) : 0;
      slopes[2 * width + i] = c * in * (1.0f - cell * cell);
      slopes[3 * width + i] = h * shown * out * (1.0f - out);
      memory_slope[start + i] = c * forget;
    }
  }
}
