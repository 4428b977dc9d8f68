#pragma once

// Loops that pay for being compiled more than once: each function picks the widest vectors of the
// machine it runs on. All arrays are row-major; `in` and `out` may be the same array.

#include <stdint.h>

#pragma clang assume_nonnull begin

/// out[i] = e^in[i], within 2 units in the last place; overflows to infinity, underflows to 0.
void eosin_exp(const float *in, float *out, long count);
/// out[i] = ln in[i]: the C library's, one by one.
void eosin_log(const float *in, float *out, long count);
/// out[i] = 1 / (1 + e^-in[i]).
void eosin_sigmoid(const float *in, float *out, long count);
void eosin_tanh(const float *in, float *out, long count);
/// out[i] = erf in[i], within 1e-6.
void eosin_erf(const float *in, float *out, long count);
/// out[i] = x Φ(x), Φ the normal distribution's cumulative function.
void eosin_gelu(const float *in, float *out, long count);
/// out[i] = in[i] · σ(1.702 in[i]).
void eosin_quick_gelu(const float *in, float *out, long count);
/// out[i] = in[i] where positive, else e^in[i] − 1, exact where that is small.
void eosin_elu(const float *in, float *out, long count);
/// out[i] = gradient[i] · (Φ(x) + x φ(x)), which is that of x Φ(x).
void eosin_gelu_back(const float *in, const float *gradient, float *out, long count);

/// out[i] = gradient[i] · σ(s) (1 + s (1 − σ(s))), with s = 1.702 in[i].
void eosin_quick_gelu_back(const float *in, const float *gradient, float *out, long count);

/// Softmax of each row of scale · in, at any scale without overflow.
void eosin_softmax_rows(const float *in, float *out, long rows, long columns, float scale);
/// The same of scale · in + bias, in place: rows are `stride` apart, those of the bias follow each
/// other.
void eosin_softmax_biased_rows(float *in, long stride, const float *bias, long rows, long columns,
                               float scale);
/// out = probabilities · (gradient − Σ gradient · probabilities), row by row.
void eosin_softmax_slope_rows(const float *probabilities, const float *gradient, float *out,
                              long rows, long columns);

/// Σ a[i] b[i], in an order fixed by count alone.
float eosin_dot(const float *a, const float *b, long count);
/// Σ a[i], in an order fixed by count alone.
float eosin_sum(const float *a, long count);
/// Σ a[i]², in double precision and an order fixed by count alone.
double eosin_sum_of_squares(const float *a, long count);
/// Whether no number is infinite or NaN.
_Bool eosin_all_finite(const float *in, long count);
/// out[i] += factor · in[i].
void eosin_add_scaled(const float *in, float *out, float factor, long count);

/// out = (in − mean) / √(variance + epsilon) · weight + bias, row by row; the variance is the biased
/// one.
void eosin_layer_norm_rows(const float *in, const float *weight, const float *bias, float *out,
                           long rows, long columns, float epsilon);

/// The gradients of the same: of each row, and, added to what is there, of weight and bias.
void eosin_layer_norm_slope_rows(const float *in, const float *weight, const float *gradient,
                                 float *out, float *weight_slopes, float *bias_slopes, long rows,
                                 long columns, float epsilon);

/// What a long short-term memory makes of the sums of its gates, [rows, 4 · width] in the order
/// input, forget, cell, output, and of its memory, or of none where that is null.
void eosin_lstm_gates(const float *sums, const float *_Nullable memory, float *hidden,
                      float *new_memory, long rows, long width);

/// The gradients of the sums and of the memory before, from those of the hidden output and of the
/// memory kept, which it is given too.
void eosin_lstm_gates_slope(const float *sums, const float *_Nullable memory, const float *kept,
                            const float *hidden_gradient, const float *kept_gradient, float *slopes,
                            float *memory_slope, long rows, long width);

/// Routes `primary` capsules of `dimensions` numbers to `routed` ones of `width`, as THItoGene does:
/// with weight [routed, primary, dimensions, width] and bias [routed, primary]. `votes` is room for
/// 4 · routed · (primary + 1) · width numbers, `shares` for routed · primary.
void eosin_route_capsules(const float *capsules, const float *weight, const float *bias, float *out,
                          long spots, long routed, long primary, long dimensions, long width,
                          float *votes, float *shares);

/// The gradients of the same: of each capsule, and, added to what is there, of weight and bias.
/// `votes` is room for routed · (primary + 1) · width numbers, `room` for 2 · routed · primary +
/// (routed + 2) · width.
void eosin_route_capsules_slope(const float *capsules, const float *weight, const float *bias,
                                const float *gradient, float *capsule_slopes, float *weight_slopes,
                                float *bias_slopes, long spots, long routed, long primary,
                                long dimensions, long width, float *votes, float *room);

/// A window moving over images of several channels.
struct eosin_window {
  long channels, height, width;
  /// The window's own elements.
  long rows, columns;
  /// How many places it has.
  long output_height, output_width;
  long stride, padding, dilation;
};

/// Lays out windows as the columns of a matrix [channels · rows · columns, places], for the places
/// in output rows `top..<bottom`; zero outside the image.
void eosin_columns(const float *image, float *columns, struct eosin_window window, long top,
                   long bottom);
/// The reverse, for all places: adds each element of the matrix to the pixel it came from.
void eosin_add_columns(const float *columns, float *image, struct eosin_window window);

/// Multiplies each row, `stride` apart, by scale[row] and adds bias[row], where there are such, and cuts
/// negative numbers to 0 if so asked.
void eosin_scale_and_shift(float *out, const float *_Nullable scale, const float *_Nullable bias,
                           long rows, long columns, long stride, _Bool relu);

/// Planes with one kernel each: out = bias + Σ kernel · window, for planes `first..<first + count`,
/// plane p with kernel and bias p % channels.
void eosin_correlate_planes(const float *planes, const float *kernels, float *out,
                            const float *biases, struct eosin_window window, long first, long count,
                            long channels, _Bool relu);
/// The reverse: adds the gradient times the kernel to the plane's.
void eosin_correlate_plane_back(const float *gradient, const float *kernel, float *plane,
                                struct eosin_window window);
/// Adds Σ gradient · window to each of the kernel's elements.
void eosin_correlate_plane_weight(const float *plane, const float *gradient, float *kernel,
                                  struct eosin_window window);

/// What is done to each number a layer makes.
enum eosin_activation { eosin_no_activation, eosin_relu_activation, eosin_gelu_activation };

/// How wide the vectors of this machine are: 0 for any machine, up to 2. The functions that take a
/// level may be given a smaller one; whatever is packed for one level is read at the same.
long eosin_tile_level(void);
/// Rows with those of zeros that `eosin_pack_rows` adds.
long eosin_panel_rows(long level, long rows);
/// Lays out columns `first..<end` of a matrix, its rows `stride` apart, as `eosin_layer` reads it, in
/// eosin_panel_rows · columns numbers.
void eosin_pack_rows(long level, const float *in, long stride, long rows, long columns,
                     float *panels, long first, long end);
/// Columns `first..<end` of out = activation(in · weightᵀ + bias) + residual; `weight` is
/// [outputs, inputs], its rows `stride` apart.
void eosin_layer(long level, const float *panels, long rows, long inputs, const float *weight,
                 long stride, const float *_Nullable bias, const float *_Nullable residual,
                 enum eosin_activation activation, float *out, long outputs, long first, long end);

/// Where windows lie in an image: from each place, `runs` of `length` numbers, beginning `starts`
/// after it.
struct eosin_windows {
  const long *places;
  long count;
  const long *starts;
  long runs, length;
};

/// Filters that `eosin_convolve` takes side by side, a divisor of 16: panels are
/// [filters / this, runs · length, this].
long eosin_filter_panel(long level, long filters);
/// out[place][filter] = bias[filter] + Σ window · filter, negative numbers cut to 0 if so asked;
/// filters are a multiple of 16.
void eosin_convolve(long level, const float *in, const struct eosin_windows *windows,
                    const float *panels, const float *_Nullable bias, _Bool relu, float *out,
                    long filters);

/// One kernel a channel, over an image [height, width, channels] and with kernels [rows, columns,
/// channels]: stride 1, channels a multiple of 16. `padded` is room for the image with its padding.
void eosin_correlate_channels(long level, const float *image, const float *kernel,
                              const float *bias, float *out, struct eosin_window window,
                              float *padded);

/// out[row][i] = in[row][i] · scale[i] + shift[i].
void eosin_scale_rows(const float *in, const float *scale, const float *shift, float *out,
                      long rows, long columns);
/// out[i] = a[i] + b[i].
void eosin_add(const float *a, const float *b, float *out, long count);

/// The gradient of filters: out[run · length + k][filter] += Σ window[run][k] · gradient[place]
/// [filter] over all places; filters and the length of runs are multiples of 16.
void eosin_filter_gradient(long level, const float *in, const struct eosin_windows *windows,
                           const float *gradient, float *out, long filters);
/// Adds columns[place][run][k] to the numbers that the window holds at that place.
void eosin_add_windows(const float *columns, float *image, const struct eosin_windows *windows);
/// The gradient of `eosin_correlate_channels`'s kernel, added to it; the image has its padding.
void eosin_correlate_channels_weight(const float *padded, const float *gradient, float *kernel,
                                     struct eosin_window window);
/// out[j][i] = in[i][j].
void eosin_transpose(const float *in, long in_stride, float *out, long out_stride, long rows,
                     long columns);

/// Adds each column to its sum.
void eosin_column_sums(const float *in, double *sums, long rows, long columns);
/// Adds the squares of in − means, column by column.
void eosin_column_squares(const float *in, const float *means, double *sums, long rows,
                          long columns);
/// What makes a column: (in − mean) · inverse · weight + bias.
struct eosin_column_norm {
  const float *means, *inverses, *weight, *bias;
};
/// out = activation(norm(in)) + residual, of columns each.
void eosin_normalize_columns(const float *in, const struct eosin_column_norm *norm,
                             enum eosin_activation activation, const float *_Nullable residual,
                             float *out, long rows, long columns);
/// The gradient before the activation, and the sums of it and of its products with what stood
/// there before weight and bias, added to both.
void eosin_normalize_columns_slope(const float *in, const float *gradient,
                                   const struct eosin_column_norm *norm,
                                   enum eosin_activation activation, float *out, double *sums,
                                   double *standard_sums, long rows, long columns);
/// From that to the gradient of `in`, in place, given the means of both.
void eosin_normalize_columns_back(const float *in, const struct eosin_column_norm *norm,
                                  const float *mean_slope, const float *mean_standard, float *out,
                                  long rows, long columns);

/// out[row][i] = max(in[row][i] · scale[i] + shift[i], 0), the rows of `in` `stride` apart.
void eosin_scale_cut_rows(const float *in, long stride, const float *scale, const float *shift,
                          float *out, long rows, long columns);
/// The first columns of each row, `stride` apart, go to out[places[row]] and what follows it.
void eosin_spread_rows(const float *in, long stride, float *out, const long *places, long rows,
                       long columns);

/// The largest of each window, channel by channel; padding never wins, and every window has a pixel.
void eosin_largest_channels(const float *image, float *out, struct eosin_window window);
/// The gradient of the same, added to `slopes`: it goes to the first of equal pixels. `room` is for
/// one number a channel.
void eosin_largest_channels_slope(const float *image, const float *out, const float *gradient,
                                  float *slopes, float *room, struct eosin_window window);
/// The mean of each window, without padding, of max(pixel · scale + shift, 0), or of the pixels as
/// they are where both are null.
void eosin_mean_channels(const float *image, const float *_Nullable scale,
                         const float *_Nullable shift, float *out, struct eosin_window window);
/// The gradient of the latter, added to `slopes`.
void eosin_mean_channels_slope(const float *gradient, float *slopes, struct eosin_window window);

/// One step of Adam: with g = gradient + decay · weight, first = keep · first + add · g,
/// second = keep_square · second + add_square · g², and
/// weight = kept · weight − size · first / (√second · root + epsilon).
struct eosin_adam_step {
  float decay, kept;
  float keep, add, keep_square, add_square;
  float size, root, epsilon;
};
/// The new arrays may be the old ones.
void eosin_adam(const struct eosin_adam_step *step, const float *gradient, const float *weight,
                const float *first, const float *second, float *new_weight, float *new_first,
                float *new_second, long count);

/// Elements that `eosin_drop_out` draws for from one set of random streams.
enum { eosin_dropout_chunk = 4096 };
/// Chunks `first..<end` of out = residual + (drawn < bound ? 0 : scale · in), with or without a
/// residual; `count` is that of all elements. Chunk c draws 32 bits for each element: lower half
/// before upper, of the next number of streams 8 c, 8 c + 1 … 8 c + 7 of the seed in turn.
void eosin_drop_out(uint64_t seed, uint32_t bound, float scale, const float *in,
                    const float *_Nullable residual, float *out, long count, long first, long end);

#pragma clang assume_nonnull end
