#include <string.h>

#include "CKernels.h"

// Matrix products in tiles that stay in registers: a few rows, read number by number, times a panel
// of vectors. OpenBLAS copies both matrices into its own order first, which for the weights of a
// layer costs as much as a fifth of the product where there are only some hundred rows. Here the
// weights are read once, where they lie.

typedef float vector4 __attribute__((vector_size(16), aligned(4)));
typedef float vector8 __attribute__((vector_size(32), aligned(4)));
typedef float vector16 __attribute__((vector_size(64), aligned(4)));

// One tile: out[row][lane] = Σ rows[row][starts[run] + k] · panel[run · length + k][lane].
struct job {
  const float *const *rows;
  const long *starts;
  long runs, length;
  const float *panel;
  float *out;
  long out_stride;
  // Rows to write; those after them repeat the last one, and are worked out in vain.
  long count;
  const float *bias;  // one a lane, or null
  _Bool adds, relu;
  // Two rows that a later tile reads, fetched into the cache meanwhile.
  const float *ahead[2];
};

#define UNROLLED _Pragma("unroll")

#define TILE(name, attributes, vector, height, vectors)                                        \
  attributes static void name(const struct job *job) {                                         \
    enum { lanes = sizeof(vector) / sizeof(float), width = (vectors) * lanes, step = 8 };      \
    vector sums[height][vectors];                                                              \
    UNROLLED for (long r = 0; r < (height); r++)                                               \
      UNROLLED for (long v = 0; v < (vectors); v++) sums[r][v] = (vector){0};                  \
    const float *panel = job->panel;                                                           \
    const float *fetched = job->ahead[0], *other = job->ahead[1];                              \
    for (long run = 0; run < job->runs; run++) {                                               \
      const float *rows[height];                                                               \
      UNROLLED for (long r = 0; r < (height); r++) rows[r] = job->rows[r] + job->starts[run];  \
      long k = 0;                                                                              \
      for (; k + step <= job->length; k += step) {                                             \
        __builtin_prefetch(fetched, 0, 2);                                                     \
        const float *line = fetched + 64 / sizeof(float);                                      \
        fetched = other;                                                                       \
        other = line;                                                                          \
        UNROLLED for (long i = 0; i < step; i++, panel += width)                               \
          UNROLLED for (long r = 0; r < (height); r++)                                         \
            UNROLLED for (long v = 0; v < (vectors); v++)                                      \
              sums[r][v] += rows[r][k + i] * *(const vector *)(panel + v * lanes);             \
      }                                                                                        \
      for (; k < job->length; k++, panel += width)                                             \
        UNROLLED for (long r = 0; r < (height); r++)                                           \
          UNROLLED for (long v = 0; v < (vectors); v++)                                        \
            sums[r][v] += rows[r][k] * *(const vector *)(panel + v * lanes);                   \
    }                                                                                          \
    UNROLLED for (long r = 0; r < (height); r++) {                                             \
      if (r >= job->count) break;                                                              \
      float *out = job->out + r * job->out_stride;                                             \
      UNROLLED for (long v = 0; v < (vectors); v++) {                                          \
        vector sum = sums[r][v];                                                               \
        if (job->bias) sum += *(const vector *)(job->bias + v * lanes);                        \
        if (job->adds) sum += *(const vector *)(out + v * lanes);                              \
        if (job->relu) sum = __builtin_elementwise_max(sum, (vector){0});                      \
        *(vector *)(out + v * lanes) = sum;                                                    \
      }                                                                                        \
    }                                                                                          \
  }

// One kernel a channel: 8 neighbouring places, fewer at the end of a line, and a vector of channels
// at a time. `image` has its padding.
#define CORRELATION(name, attributes, vector)                                                  \
  attributes static void name(const float *image, const float *kernels, const float *biases,   \
                              float *out, struct eosin_window w) {                             \
    enum { lanes = sizeof(vector) / sizeof(float), most = 8 };                                 \
    long line = (w.width + 2 * w.padding) * w.channels;                                        \
    for (long y = 0; y < w.output_height; y++, image += line, out += w.output_width * w.channels) \
      for (long c = 0; c < w.channels; c += lanes)                                             \
        for (long x = 0; x < w.output_width; x += most) {                                      \
          vector sums[most];                                                                   \
          UNROLLED for (long p = 0; p < most; p++) sums[p] = *(const vector *)(biases + c);    \
          long count = w.output_width - x;                                                     \
          const float *row = image + x * w.channels + c, *kernel = kernels + c;                \
          for (long i = 0; i < w.rows; i++, row += line)                                       \
            for (long j = 0; j < w.columns; j++, kernel += w.channels) {                       \
              vector k = *(const vector *)kernel;                                              \
              const float *pixel = row + j * w.channels;                                       \
              if (count >= most)                                                               \
                UNROLLED for (long p = 0; p < most; p++)                                       \
                  sums[p] += k * *(const vector *)(pixel + p * w.channels);                    \
              else                                                                             \
                UNROLLED for (long p = 0; p < most - 1; p++)                                   \
                  if (p < count) sums[p] += k * *(const vector *)(pixel + p * w.channels);     \
            }                                                                                  \
          UNROLLED for (long p = 0; p < most; p++)                                             \
            if (p < count) *(vector *)(out + (x + p) * w.channels + c) = sums[p];              \
        }                                                                                      \
  }

// One tile of the gradient of filters: out[row][lane] += Σ in[places[k] + row] · gradient[k][lane].
struct filter_job {
  const float *in;
  const long *places;
  long count;
  const float *gradient;
  long stride;
  float *out;
};

#define FILTER_GRADIENT(name, attributes, vector, height, vectors)                             \
  attributes static void name(const struct filter_job *job) {                                  \
    enum { lanes = sizeof(vector) / sizeof(float) };                                           \
    vector sums[height][vectors];                                                              \
    UNROLLED for (long r = 0; r < (height); r++)                                               \
      UNROLLED for (long v = 0; v < (vectors); v++) sums[r][v] = (vector){0};                  \
    const float *gradient = job->gradient;                                                     \
    for (long k = 0; k < job->count; k++, gradient += job->stride) {                           \
      const float *in = job->in + job->places[k];                                              \
      vector g[vectors];                                                                       \
      UNROLLED for (long v = 0; v < (vectors); v++)                                            \
        g[v] = *(const vector *)(gradient + v * lanes);                                        \
      UNROLLED for (long r = 0; r < (height); r++)                                             \
        UNROLLED for (long v = 0; v < (vectors); v++) sums[r][v] += in[r] * g[v];              \
    }                                                                                          \
    UNROLLED for (long r = 0; r < (height); r++)                                               \
      UNROLLED for (long v = 0; v < (vectors); v++)                                            \
        *(vector *)(job->out + r * job->stride + v * lanes) += sums[r][v];                     \
  }

typedef void correlation(const float *image, const float *kernels, const float *biases, float *out,
                         struct eosin_window w);

struct tile {
  long height, width;
  void (*run)(const struct job *);
};

// Heights and widths that divide 16.
struct filter_tile {
  long height, width;
  void (*run)(const struct filter_job *);
};

// As many sums as there are registers for, less those for a row of the panel. The first tile of
// each set is for layers, whose rows are cut into blocks that its width divides; of all of them a
// convolution takes the widest that divides its filters.
enum { most_tiles = 4, tallest = 10 };

#if defined(__x86_64__)

#define WITH_AVX512 __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define WITH_AVX2 __attribute__((target("arch=x86-64-v3")))

TILE(tile_8x48, WITH_AVX512, vector16, 8, 3)
TILE(tile_6x64, WITH_AVX512, vector16, 6, 4)
TILE(tile_10x32, WITH_AVX512, vector16, 10, 2)
TILE(tile_10x16, WITH_AVX512, vector16, 10, 1)
TILE(tile_4x24, WITH_AVX2, vector8, 4, 3)
TILE(tile_6x16, WITH_AVX2, vector8, 6, 2)
TILE(tile_4x12, , vector4, 4, 3)
TILE(tile_6x8, , vector4, 6, 2)

CORRELATION(correlate_16, WITH_AVX512, vector16)
CORRELATION(correlate_8, WITH_AVX2, vector8)
CORRELATION(correlate_4, , vector4)

FILTER_GRADIENT(filter_16x16, WITH_AVX512, vector16, 16, 1)
FILTER_GRADIENT(filter_8x32, WITH_AVX512, vector16, 8, 2)
FILTER_GRADIENT(filter_4x16, WITH_AVX2, vector8, 4, 2)
FILTER_GRADIENT(filter_4x8, , vector4, 4, 2)

static correlation *const correlations[] = {correlate_4, correlate_8, correlate_16};
// For filters in whole multiples of 32, and of 16.
static const struct filter_tile filter_tiles[][2] = {
    {{4, 8, filter_4x8}, {4, 8, filter_4x8}},
    {{4, 16, filter_4x16}, {4, 16, filter_4x16}},
    {{8, 32, filter_8x32}, {16, 16, filter_16x16}},
};
static const struct tile tiles[][most_tiles] = {
    {{4, 12, tile_4x12}, {6, 8, tile_6x8}},
    {{4, 24, tile_4x24}, {6, 16, tile_6x16}},
    {{8, 48, tile_8x48}, {6, 64, tile_6x64}, {10, 32, tile_10x32}, {10, 16, tile_10x16}},
};

long eosin_tile_level(void) {
  if (__builtin_cpu_supports("x86-64-v4")) return 2;
  return __builtin_cpu_supports("x86-64-v3") ? 1 : 0;
}

#else

// 32 registers of 4 lanes, as arm64 has them; any other machine gets by with them too.
TILE(tile_8x12, , vector4, 8, 3)
TILE(tile_6x16, , vector4, 6, 4)

CORRELATION(correlate_4, , vector4)

FILTER_GRADIENT(filter_8x8, , vector4, 8, 2)

static correlation *const correlations[] = {correlate_4};
static const struct filter_tile filter_tiles[][2] = {{{8, 8, filter_8x8}, {8, 8, filter_8x8}}};
static const struct tile tiles[][most_tiles] = {{{8, 12, tile_8x12}, {6, 16, tile_6x16}}};

long eosin_tile_level(void) { return 0; }

#endif

// Numbers too small for full precision cost an operand a hundred times as much: within a product
// they count as 0.
#if defined(__x86_64__)
static unsigned ignore_tiny(void) {
  unsigned before = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(before | 0x8040);  // flush results to zero, take operands for zero
  return before;
}
static void heed_tiny(unsigned before) { __builtin_ia32_ldmxcsr(before); }
#else
static unsigned ignore_tiny(void) { return 0; }
static void heed_tiny(unsigned before) { (void)before; }
#endif

static const struct tile *layer_tile(long level) { return tiles[level]; }

static const struct tile *convolution_tile(long level, long filters) {
  const struct tile *best = NULL;
  for (long i = 0; i < most_tiles; i++) {
    const struct tile *tile = &tiles[level][i];
    if (tile->run && filters % tile->width == 0 && (!best || tile->width > best->width))
      best = tile;
  }
  return best;
}

// Rows of a layer's input worked on at a time: their results stay in the cache. A multiple of the
// width of every set's first tile.
enum { row_block = 192 };

long eosin_panel_rows(long level, long rows) {
  long width = layer_tile(level)->width;
  return (rows + width - 1) / width * width;
}

// Four rows of four turned into four columns.
static inline __attribute__((always_inline)) void transpose4(const float *in, long in_stride,
                                                             float *out, long out_stride) {
  vector4 a = *(const vector4 *)in, b = *(const vector4 *)(in + in_stride);
  vector4 c = *(const vector4 *)(in + 2 * in_stride), d = *(const vector4 *)(in + 3 * in_stride);
  vector4 ab = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  vector4 cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  vector4 ef = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  vector4 gh = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *(vector4 *)out = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
  *(vector4 *)(out + out_stride) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
  *(vector4 *)(out + 2 * out_stride) = __builtin_shufflevector(ef, gh, 0, 1, 4, 5);
  *(vector4 *)(out + 3 * out_stride) = __builtin_shufflevector(ef, gh, 2, 3, 6, 7);
}

// Columns transposed at a time: lines far apart push each other out of the cache.
enum { narrow = 8 };

// out[j][i] = in[i][j].
static void transpose(const float *in, long in_stride, float *out, long out_stride, long rows,
                      long columns) {
  for (long left = 0; left < columns; left += narrow) {
    long right = left + narrow < columns ? left + narrow : columns;
    for (long i = 0; i < rows; i += 4) {
      long bottom = i + 4 < rows ? i + 4 : rows, j = left;
      for (; i + 4 <= rows && j + 4 <= right; j += 4)
        transpose4(in + i * in_stride + j, in_stride, out + j * out_stride + i, out_stride);
      for (; j < right; j++)
        for (long k = i; k < bottom; k++) out[j * out_stride + k] = in[k * in_stride + j];
    }
  }
}

void eosin_pack_rows(long level, const float *in, long stride, long rows, long columns,
                     float *panels, long first, long end) {
  long width = layer_tile(level)->width;
  for (long start = 0; start < rows; start += width) {
    long count = rows - start < width ? rows - start : width;
    float *out = panels + start * columns + first * width;
    if (count < width) memset(out, 0, (size_t)((end - first) * width) * sizeof *out);
    transpose(in + start * stride + first, stride, out, width, count, end - first);
  }
}

// Numbers of a row taken at a time: a panel's share of them stays in the first cache.
enum { depth_block = 128 };

// sums[output][row] of some outputs and one block of rows, `panels` being those of the block.
static void layer_sums(const struct tile *tile, const float *panels, long rows, long inputs,
                       const float *weight, long stride, long outputs, float *sums) {
  const long start = 0;
  for (long depth = 0; depth < inputs; depth += depth_block) {
    long length = inputs - depth < depth_block ? inputs - depth : depth_block;
    _Bool is_last = depth + length == inputs;
    for (long panel = 0; panel * tile->width < rows; panel++)
      for (long row = 0; row < outputs; row += tile->height) {
        const float *pointers[tallest];
        for (long r = 0; r < tile->height; r++)
          pointers[r] = weight + (row + r < outputs ? row + r : outputs - 1) * stride + depth;
        // Each panel fetches two rows of what comes next for these outputs.
        const float *ahead = pointers[2 * panel % tile->height] + (is_last ? 0 : length);
        long left = outputs - row;
        struct job job = {
            .rows = pointers, .starts = &start, .runs = 1, .length = length,
            .panel = panels + (panel * inputs + depth) * tile->width,
            .out = sums + row * row_block + panel * tile->width, .out_stride = row_block,
            .count = left < tile->height ? left : tile->height, .adds = depth > 0,
            .ahead = {ahead, ahead + (left > tile->height ? stride : 0)}};
        tile->run(&job);
      }
  }
}

// Outputs worked on at a time.
enum { output_block = 64 };

// What a layer does to its sums, which are [output][row], on the way to its result, [row][output];
// `bias`, `residual` and `out` are those of the first of these outputs and rows.
static void finish(const float *sums, long rows, long count, const float *bias,
                   const float *residual, enum eosin_activation activation, float *out,
                   long outputs) {
  float lines[narrow * output_block];
  for (long top = 0; top < rows; top += narrow) {
    long height = rows - top < narrow ? rows - top : narrow;
    transpose(sums + top, row_block, lines, output_block, count, height);
    for (long row = 0; row < height; row++) {
      float *line = lines + row * output_block, *target = out + (top + row) * outputs;
      if (bias)
        for (long i = 0; i < count; i++) line[i] += bias[i];
      if (activation == eosin_gelu_activation) eosin_gelu(line, line, count);
      if (activation == eosin_relu_activation)
        for (long i = 0; i < count; i++) line[i] = line[i] > 0 ? line[i] : 0;
      if (residual)
        eosin_add(line, residual + (top + row) * outputs, target, count);
      else
        memcpy(target, line, (size_t)count * sizeof *target);
    }
  }
}

void eosin_layer(long level, const float *panels, long rows, long inputs, const float *weight,
                 long stride, const float *bias, const float *residual,
                 enum eosin_activation activation, float *out, long outputs, long first,
                 long end) {
  const struct tile *tile = layer_tile(level);
  float sums[output_block * row_block];
  unsigned before = ignore_tiny();
  for (long start = first; start < end; start += output_block) {
    long count = end - start < output_block ? end - start : output_block;
    for (long top = 0; top < rows; top += row_block) {
      long height = rows - top < row_block ? rows - top : row_block, at = top * outputs + start;
      layer_sums(tile, panels + top * inputs, height, inputs, weight + start * stride, stride,
                 count, sums);
      finish(sums, height, count, bias ? bias + start : NULL, residual ? residual + at : NULL,
             activation, out + at, outputs);
    }
  }
  heed_tiny(before);
}

long eosin_filter_panel(long level, long filters) {
  const struct tile *tile = convolution_tile(level, filters);
  return tile ? tile->width : 0;
}

void eosin_convolve(long level, const float *in, const struct eosin_windows *windows,
                    const float *panels, const float *bias, _Bool relu, float *out, long filters) {
  const struct tile *tile = convolution_tile(level, filters);
  unsigned before = ignore_tiny();
  for (long filter = 0; filter < filters; filter += tile->width) {
    const float *panel = panels + filter * windows->runs * windows->length;
    for (long place = 0; place < windows->count; place += tile->height) {
      const float *rows[tallest];
      for (long r = 0; r < tile->height; r++) {
        long at = place + r < windows->count ? place + r : windows->count - 1;
        rows[r] = in + windows->places[at];
      }
      long left = windows->count - place;
      struct job job = {
          .rows = rows, .starts = windows->starts, .runs = windows->runs,
          .length = windows->length, .panel = panel, .out = out + place * filters + filter,
          .out_stride = filters, .count = left < tile->height ? left : tile->height,
          .bias = bias ? bias + filter : NULL, .relu = relu, .ahead = {panel, panel}};
      tile->run(&job);
    }
  }
  heed_tiny(before);
}

void eosin_filter_gradient(long level, const float *in, const struct eosin_windows *windows,
                           const float *gradient, float *out, long filters) {
  const struct filter_tile *tile = &filter_tiles[level][filters % 32 == 0 ? 0 : 1];
  unsigned before = ignore_tiny();
  for (long filter = 0; filter < filters; filter += tile->width)
    for (long run = 0; run < windows->runs; run++)
      for (long k = 0; k < windows->length; k += tile->height) {
        struct filter_job job = {
            .in = in + windows->starts[run] + k, .places = windows->places,
            .count = windows->count, .gradient = gradient + filter, .stride = filters,
            .out = out + (run * windows->length + k) * filters + filter};
        tile->run(&job);
      }
  heed_tiny(before);
}

void eosin_transpose(const float *in, long in_stride, float *out, long out_stride, long rows,
                     long columns) {
  transpose(in, in_stride, out, out_stride, rows, columns);
}

void eosin_correlate_channels(long level, const float *image, const float *kernel,
                              const float *bias, float *out, struct eosin_window window,
                              float *padded) {
  if (window.padding > 0) {
    long line = (window.width + 2 * window.padding) * window.channels;
    long width = window.width * window.channels, margin = window.padding * window.channels;
    memset(padded, 0, (size_t)((window.height + 2 * window.padding) * line) * sizeof *padded);
    for (long y = 0; y < window.height; y++)
      memcpy(padded + (y + window.padding) * line + margin, image + y * width,
             (size_t)width * sizeof *padded);
    image = padded;
  }
  unsigned before = ignore_tiny();
  correlations[level](image, kernel, bias, out, window);
  heed_tiny(before);
}
