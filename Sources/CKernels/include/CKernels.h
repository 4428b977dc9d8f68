#pragma once

// Loops that pay for being compiled more than once: each function picks the widest vectors of the
// machine it runs on. All arrays are row-major; `in` and `out` may be the same array.

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
/// out[i] = d/dx x Φ(x) = Φ(x) + x φ(x).
void eosin_gelu_slope(const float *in, float *out, long count);

/// Softmax of each row of scale · in, at any scale without overflow.
void eosin_softmax_rows(const float *in, float *out, long rows, long columns, float scale);
/// out = probabilities · (gradient − Σ gradient · probabilities), row by row.
void eosin_softmax_slope_rows(const float *probabilities, const float *gradient, float *out,
                              long rows, long columns);

/// Σ a[i] b[i], in an order fixed by count alone.
float eosin_dot(const float *a, const float *b, long count);
/// Σ a[i], in an order fixed by count alone.
float eosin_sum(const float *a, long count);
/// out[i] += factor · in[i].
void eosin_add_scaled(const float *in, float *out, float factor, long count);

/// out = (in − mean) / √(variance + epsilon), row by row; the variance is the biased one.
/// `inverse_deviations` gets 1 / √(variance + epsilon) of each row.
void eosin_standardize_rows(const float *in, float *out, float *inverse_deviations, long rows,
                            long columns, float epsilon);

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

/// Adds bias[row] to each row, `stride` apart, and cuts negative numbers to 0 if so asked.
void eosin_add_bias(float *out, const float *bias, long rows, long columns, long stride,
                    _Bool relu);

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

#pragma clang assume_nonnull end
