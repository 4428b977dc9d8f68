#include "CKernels.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "Functions.h"

#define EACH(name, function)                                \
  VECTORIZED void name(const float *in, float *out, long count) { \
    INDEPENDENT for (long i = 0; i < count; i++) out[i] = function(in[i]); \
  }

EACH(eosin_exp, exp_of)
EACH(eosin_sigmoid, sigmoid_of)
EACH(eosin_tanh, tanh_of)
EACH(eosin_erf, erf_of)
EACH(eosin_gelu, gelu_of)
EACH(eosin_quick_gelu, quick_gelu_of)
EACH(eosin_elu, elu_of)

VECTORIZED void eosin_gelu_back(const float *in, const float *gradient, float *out, long count) {
  INDEPENDENT for (long i = 0; i < count; i++) out[i] = gradient[i] * gelu_slope_of(in[i]);
}

VECTORIZED void eosin_quick_gelu_back(const float *in, const float *gradient, float *out,
                                      long count) {
  INDEPENDENT for (long i = 0; i < count; i++) out[i] = gradient[i] * quick_gelu_slope_of(in[i]);
}

void eosin_log(const float *in, float *out, long count) {
  for (long i = 0; i < count; i++) out[i] = logf(in[i]);
}

// Sums run in 64 lanes, so that they are vectors and still have one order. `term` may use i.
#define LANES 64
#define SUM(result, count, term)                                               \
  do {                                                                         \
    float lanes[LANES] = {0};                                                  \
    long whole = (count) / LANES * LANES;                                      \
    for (long start = 0; start < whole; start += LANES)                        \
      for (long lane = 0; lane < LANES; lane++) {                              \
        long i = start + lane;                                                 \
        lanes[lane] += (term);                                                 \
      }                                                                        \
    for (long i = whole; i < (count); i++) lanes[i - whole] += (term);         \
    for (long width = LANES / 2; width > 0; width /= 2)                        \
      for (long lane = 0; lane < width; lane++) lanes[lane] += lanes[lane + width]; \
    result = lanes[0];                                                         \
  } while (0)

VECTORIZED float eosin_dot(const float *a, const float *b, long count) {
  float sum;
  SUM(sum, count, a[i] * b[i]);
  return sum;
}

VECTORIZED float eosin_sum(const float *a, long count) {
  float sum;
  SUM(sum, count, a[i]);
  return sum;
}

VECTORIZED double eosin_sum_of_squares(const float *a, long count) {
  enum { width = 16 };
  double lanes[width] = {0}, sum = 0;
  long whole = count / width * width;
  for (long start = 0; start < whole; start += width)
    for (long lane = 0; lane < width; lane++)
      lanes[lane] += (double)a[start + lane] * (double)a[start + lane];
  for (long i = whole; i < count; i++) lanes[i - whole] += (double)a[i] * (double)a[i];
  for (long lane = 0; lane < width; lane++) sum += lanes[lane];
  return sum;
}

VECTORIZED _Bool eosin_all_finite(const float *in, long count) {
  // An exponent of ones is infinity or NaN; whole blocks are looked at before the answer.
  enum { block = 4096 };
  for (long start = 0; start < count; start += block) {
    long end = count - start < block ? count : start + block;
    uint32_t found = 0;
    for (long i = start; i < end; i++) {
      uint32_t bits;
      memcpy(&bits, in + i, sizeof bits);
      found |= (bits & 0x7f800000u) == 0x7f800000u;
    }
    if (found) return 0;
  }
  return 1;
}

VECTORIZED void eosin_add_scaled(const float *in, float *out, float factor, long count) {
  for (long i = 0; i < count; i++) out[i] += factor * in[i];
}

// The largest scale · in[i]; NaN never is.
INLINE float largest_of(const float *in, long count, float scale) {
  float lanes[LANES];
  for (long lane = 0; lane < LANES; lane++) lanes[lane] = -INFINITY;
  long whole = count / LANES * LANES;
  for (long start = 0; start < whole; start += LANES)
    for (long lane = 0; lane < LANES; lane++) {
      float logit = scale * in[start + lane];
      lanes[lane] = logit > lanes[lane] ? logit : lanes[lane];
    }
  for (long i = whole; i < count; i++) {
    float logit = scale * in[i];
    lanes[i - whole] = logit > lanes[i - whole] ? logit : lanes[i - whole];
  }
  float largest = -INFINITY;
  for (long lane = 0; lane < LANES; lane++) largest = lanes[lane] > largest ? lanes[lane] : largest;
  return largest;
}

// From logits, whose largest is given, to shares of 1.
INLINE void share_out(const float *in, float *out, long columns, float scale, float largest) {
  // Shares below e^-80 become 0: as numbers too small for full precision they would slow down
  // every product they enter.
  INDEPENDENT for (long i = 0; i < columns; i++) {
    float logit = scale * in[i] - largest;
    float power = exp_of(logit < -80.0f ? -80.0f : logit);
    out[i] = logit < -80.0f ? 0.0f : power;
  }
  float sum;
  SUM(sum, columns, out[i]);
  float share = 1.0f / sum;
  for (long i = 0; i < columns; i++) out[i] *= share;
}

VECTORIZED void eosin_softmax_rows(const float *in, float *out, long rows, long columns,
                                   float scale) {
  for (long row = 0; row < rows; row++, in += columns, out += columns)
    share_out(in, out, columns, scale, largest_of(in, columns, scale));
}

VECTORIZED void eosin_softmax_biased_rows(float *in, long stride, const float *bias, long rows,
                                          long columns, float scale) {
  for (long row = 0; row < rows; row++, in += stride, bias += columns) {
    INDEPENDENT for (long i = 0; i < columns; i++) in[i] = scale * in[i] + bias[i];
    share_out(in, in, columns, 1.0f, largest_of(in, columns, 1.0f));
  }
}

VECTORIZED void eosin_softmax_slope_rows(const float *probabilities, const float *gradient,
                                         float *out, long rows, long columns) {
  for (long row = 0; row < rows; row++) {
    long start = row * columns;
    const float *p = probabilities + start, *g = gradient + start;
    float mean;
    SUM(mean, columns, p[i] * g[i]);
    INDEPENDENT for (long i = 0; i < columns; i++) out[start + i] = p[i] * (g[i] - mean);
  }
}

VECTORIZED void eosin_layer_norm_rows(const float *in, const float *weight, const float *bias,
                                      float *out, long rows, long columns, float epsilon) {
  for (long row = 0; row < rows; row++, in += columns, out += columns) {
    float mean, variance;
    SUM(mean, columns, in[i]);
    mean /= (float)columns;
    SUM(variance, columns, (in[i] - mean) * (in[i] - mean));
    float inverse = 1.0f / sqrtf(variance / (float)columns + epsilon);
    INDEPENDENT for (long i = 0; i < columns; i++)
      out[i] = (in[i] - mean) * inverse * weight[i] + bias[i];
  }
}

VECTORIZED void eosin_layer_norm_slope_rows(const float *in, const float *weight,
                                            const float *gradient, float *out, float *weight_slopes,
                                            float *bias_slopes, long rows, long columns,
                                            float epsilon) {
  float share = 1.0f / (float)columns;
  for (long row = 0; row < rows; row++, in += columns, gradient += columns, out += columns) {
    float mean, variance, slope, along;
    SUM(mean, columns, in[i]);
    mean *= share;
    SUM(variance, columns, (in[i] - mean) * (in[i] - mean));
    float inverse = 1.0f / sqrtf(variance * share + epsilon);
    SUM(slope, columns, gradient[i] * weight[i]);
    SUM(along, columns, gradient[i] * weight[i] * ((in[i] - mean) * inverse));
    slope *= share;
    along *= share;
    INDEPENDENT for (long i = 0; i < columns; i++) {
      float standard = (in[i] - mean) * inverse, g = gradient[i];
      weight_slopes[i] += g * standard;
      bias_slopes[i] += g;
      out[i] = (g * weight[i] - slope - standard * along) * inverse;
    }
  }
}

VECTORIZED void eosin_scale_rows(const float *in, const float *scale, const float *shift,
                                 float *out, long rows, long columns) {
  for (long row = 0; row < rows; row++, in += columns, out += columns)
    INDEPENDENT for (long i = 0; i < columns; i++) out[i] = in[i] * scale[i] + shift[i];
}

VECTORIZED void eosin_add(const float *a, const float *b, float *out, long count) {
  INDEPENDENT for (long i = 0; i < count; i++) out[i] = a[i] + b[i];
}

VECTORIZED void eosin_lstm_gates(const float *sums, const float *memory, float *hidden,
                                 float *new_memory, long rows, long width) {
  for (long row = 0; row < rows; row++, sums += 4 * width) {
    long start = row * width;
    INDEPENDENT for (long i = 0; i < width; i++) {
      float kept = memory ? sigmoid_of(sums[width + i]) * memory[start + i] : 0;
      kept += sigmoid_of(sums[i]) * tanh_of(sums[2 * width + i]);
      new_memory[start + i] = kept;
      hidden[start + i] = sigmoid_of(sums[3 * width + i]) * tanh_of(kept);
    }
  }
}

// Spots that are routed together, so that each weight is read once for all of them.
enum { routed_together = 4 };

// votes[primary][width] of one routed capsule, and after them their sum.
INLINE void vote(const float *capsules, const float *weight, float *votes, long primary,
                 long dimensions, long width) {
  float *total = votes + primary * width;
  memset(votes, 0, (size_t)((primary + 1) * width) * sizeof *votes);
  for (long j = 0; j < primary; j++, votes += width) {
    for (long d = 0; d < dimensions; d++, weight += width) {
      float factor = capsules[j * dimensions + d];
      INDEPENDENT for (long z = 0; z < width; z++) votes[z] += factor * weight[z];
    }
    INDEPENDENT for (long z = 0; z < width; z++) total[z] += votes[z];
  }
}

// How much each vote of one spot counts, before the bias: shares[routed][primary].
INLINE void agree(const float *votes, long routed, long primary, long width, float *shares) {
  long size = (primary + 1) * width;
  for (long k = 0; k < routed; k++)
    for (long j = 0; j < primary; j++) {
      const float *own = votes + k * size + j * width, *total = votes + k * size + primary * width;
      float agreement;
      SUM(agreement, width, own[i] * total[i]);
      shares[k * primary + j] = agreement / sqrtf((float)width);
    }
  for (long j = 0; j < primary; j++) {
    float largest = -INFINITY, sum = 0;
    for (long k = 0; k < routed; k++)
      largest = shares[k * primary + j] > largest ? shares[k * primary + j] : largest;
    for (long k = 0; k < routed; k++)
      sum += shares[k * primary + j] = exp_of(shares[k * primary + j] - largest);
    for (long k = 0; k < routed; k++) shares[k * primary + j] /= sum;
  }
}

// The weighed sum of one routed capsule's votes, and its length.
INLINE float gather_votes(const float *votes, const float *shares, const float *bias, float *out,
                          long primary, long width) {
  memset(out, 0, (size_t)width * sizeof *out);
  for (long j = 0; j < primary; j++, votes += width) {
    float share = shares[j] + bias[j];
    INDEPENDENT for (long z = 0; z < width; z++) out[z] += share * votes[z];
  }
  float squares;
  SUM(squares, width, out[i] * out[i]);
  return sqrtf(squares);
}

// One spot: the squashed sums of all votes. See `CapsuleRouting`.
INLINE void route_spot(const float *votes, const float *bias, float *out, long routed, long primary,
                       long width, float *shares) {
  agree(votes, routed, primary, width, shares);
  for (long k = 0; k < routed; k++, out += width) {
    float length = gather_votes(votes + k * (primary + 1) * width, shares + k * primary,
                                bias + k * primary, out, primary, width);
    float factor = (1.0f - 1.0f / (exp_of(length) + 1e-20f)) / (length + 1e-20f);
    for (long z = 0; z < width; z++) out[z] *= factor;
  }
}

VECTORIZED void eosin_route_capsules(const float *capsules, const float *weight, const float *bias,
                                     float *out, long spots, long routed, long primary,
                                     long dimensions, long width, float *votes, float *shares) {
  long size = (primary + 1) * width;
  for (long first = 0; first < spots; first += routed_together) {
    long count = spots - first < routed_together ? spots - first : routed_together;
    for (long k = 0; k < routed; k++)
      for (long spot = 0; spot < count; spot++)
        vote(capsules + (first + spot) * primary * dimensions,
             weight + k * primary * dimensions * width, votes + (spot * routed + k) * size, primary,
             dimensions, width);
    for (long spot = 0; spot < count; spot++)
      route_spot(votes + spot * routed * size, bias, out + (first + spot) * routed * width, routed,
                 primary, width, shares);
  }
}

// From the gradient of a squashed capsule to that of the sum before, in place of the sum.
INLINE void squash_slope(float *sum, float length, const float *gradient, long width) {
  float power = exp_of(length) + 1e-20f, n = length + 1e-20f;
  float shrunk = 1.0f - 1.0f / power, factor = shrunk / n, along;
  SUM(along, width, sum[i] * gradient[i]);
  // The derivative of the factor, by the length; a zero capsule has none.
  float slope = (power - 1e-20f) / (power * power) / n - factor / n;
  float share = length > 0 ? slope * along / length : 0;
  for (long z = 0; z < width; z++) sum[z] = factor * gradient[z] + share * sum[z];
}

VECTORIZED void eosin_route_capsules_slope(
    const float *capsules, const float *weight, const float *bias, const float *gradient,
    float *capsule_slopes, float *weight_slopes, float *bias_slopes, long spots, long routed,
    long primary, long dimensions, long width, float *votes, float *room) {
  long size = (primary + 1) * width, count = routed * primary;
  float *shares = room, *share_slopes = room + count, *sums = room + 2 * count;
  float scale = 1.0f / sqrtf((float)width);
  memset(capsule_slopes, 0, (size_t)(spots * primary * dimensions) * sizeof *capsule_slopes);
  for (long spot = 0; spot < spots; spot++, capsules += primary * dimensions,
            capsule_slopes += primary * dimensions, gradient += routed * width) {
    for (long k = 0; k < routed; k++)
      vote(capsules, weight + k * primary * dimensions * width, votes + k * size, primary,
           dimensions, width);
    agree(votes, routed, primary, width, shares);
    for (long k = 0; k < routed; k++) {
      float *sum = sums + k * width;
      const float *own = votes + k * size;
      float length =
          gather_votes(own, shares + k * primary, bias + k * primary, sum, primary, width);
      squash_slope(sum, length, gradient + k * width, width);
      for (long j = 0; j < primary; j++, own += width) {
        float slope;
        SUM(slope, width, sum[i] * own[i]);
        share_slopes[k * primary + j] = slope;
        bias_slopes[k * primary + j] += slope;
      }
    }
    // Through the softmax over the routed capsules.
    for (long j = 0; j < primary; j++) {
      float mean = 0;
      for (long k = 0; k < routed; k++)
        mean += shares[k * primary + j] * share_slopes[k * primary + j];
      for (long k = 0; k < routed; k++)
        share_slopes[k * primary + j] =
            scale * shares[k * primary + j] * (share_slopes[k * primary + j] - mean);
    }
    for (long k = 0; k < routed; k++) {
      const float *own = votes + k * size, *total = own + primary * width, *sum = sums + k * width;
      // What all votes get by way of their total.
      float *common = sums + routed * width, *slope = common + width;
      memset(common, 0, (size_t)width * sizeof *common);
      for (long j = 0; j < primary; j++) {
        float share = share_slopes[k * primary + j];
        INDEPENDENT for (long z = 0; z < width; z++) common[z] += share * own[j * width + z];
      }
      for (long j = 0; j < primary; j++) {
        float share = shares[k * primary + j] + bias[k * primary + j];
        float agreed = share_slopes[k * primary + j];
        INDEPENDENT for (long z = 0; z < width; z++)
          slope[z] = share * sum[z] + agreed * total[z] + common[z];
        long start = (k * primary + j) * dimensions * width;
        for (long d = 0; d < dimensions; d++) {
          const float *w = weight + start + d * width;
          float *target = weight_slopes + start + d * width, capsule = capsules[j * dimensions + d];
          float along;
          SUM(along, width, w[i] * slope[i]);
          capsule_slopes[j * dimensions + d] += along;
          INDEPENDENT for (long z = 0; z < width; z++) target[z] += capsule * slope[z];
        }
      }
    }
  }
}
