#pragma once

// The functions of one number that loops are made of, inlined into each so that they are vectors.

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#define VECTORIZED __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define VECTORIZED
#endif

#define INLINE static inline __attribute__((always_inline))

// 2^n, for whole -126 <= n <= 127.
INLINE float power_of_two(int32_t n) {
  int32_t bits = (n + 127) << 23;
  float power;
  memcpy(&power, &bits, sizeof power);
  return power;
}

// Cephes' expf (Stephen L. Moshier): e^x = 2^n e^r with |r| <= ln 2 / 2, and a polynomial for e^r.
INLINE float exp_of(float x) {
  const float to_whole = 12582912.0f;  // 1.5 · 2^23: adding it rounds to a whole number
  float clamped = x > 89.0f ? 89.0f : x;
  clamped = clamped < -104.0f ? -104.0f : clamped;
  float n = (clamped * 1.44269504088896341f + to_whole) - to_whole;
  float r = clamped - n * 0.693359375f;
  r -= n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  // In two steps, as 2^128 and 2^-150 are no floats of full precision.
  int32_t whole = (int32_t)n, half = whole / 2;
  return p * power_of_two(half) * power_of_two(whole - half);
}

INLINE float sigmoid_of(float x) { return 1.0f / (1.0f + exp_of(-x)); }

// 1 − 2 / (e^2x + 1) cancels near 0, where the Taylor series takes over (error below 2e-8).
INLINE float tanh_of(float x) {
  float s = x * x;
  float series = x * (1.0f - s * (1.0f / 3 - s * (2.0f / 15 - s * (17.0f / 315))));
  float quotient = 1.0f - 2.0f / (exp_of(2.0f * x) + 1.0f);
  return s < 0.01f ? series : quotient;
}

// A rational approximation on |x| <= 4, beyond which erf is 1 in single precision. The
// coefficients are those of Eigen's perf.
INLINE float erf_of(float x) {
  float c = x > 4.0f ? 4.0f : x;
  c = c < -4.0f ? -4.0f : c;
  float s = c * c;
  float p = -2.72614225801306e-10f;
  p = p * s + 2.77068142495902e-08f;
  p = p * s + -2.10102402082508e-06f;
  p = p * s + -5.69250639462346e-05f;
  p = p * s + -7.34990630326855e-04f;
  p = p * s + -2.95459980854025e-03f;
  p = p * s + -1.60960333262415e-02f;
  float q = -1.45660718464996e-05f;
  q = q * s + -2.13374055278905e-04f;
  q = q * s + -1.68282697438203e-03f;
  q = q * s + -7.37332916720468e-03f;
  q = q * s + -1.42647390514189e-02f;
  return c * p / q;
}

INLINE float normal_cumulative(float x) { return 0.5f + 0.5f * erf_of(x * 0.70710678118654752f); }

INLINE float gelu_of(float x) { return x * normal_cumulative(x); }

INLINE float quick_gelu_of(float x) { return x * sigmoid_of(1.702f * x); }

INLINE float quick_gelu_slope_of(float x) {
  float s = 1.702f * x, share = sigmoid_of(s);
  return share * (1.0f + s * (1.0f - share));
}

INLINE float gelu_slope_of(float x) {
  return normal_cumulative(x) + x * 0.39894228040143268f * exp_of(-0.5f * x * x);
}

// e^x − 1 cancels near 0, where the Taylor series takes over (error below 5e-8 of the result).
INLINE float elu_of(float x) {
  float p = 1.0f / 5040;
  p = p * x + 1.0f / 720;
  p = p * x + 1.0f / 120;
  p = p * x + 1.0f / 24;
  p = p * x + 1.0f / 6;
  p = p * x + 0.5f;
  float series = x * (p * x + 1.0f), difference = exp_of(x) - 1.0f;
  float negative = x > -0.25f ? series : difference;
  return x > 0 ? x : negative;
}

// Said before loops whose arrays are either one and the same or apart: no element depends on
// another, and vectors are safe.
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
