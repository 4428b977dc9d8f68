#pragma once
#include <turbojpeg.h>

/// The length of one side after scaling: TurboJPEG's macro, as a function Swift can see.
static inline int eosin_scaled(int length, tjscalingfactor factor) {
  return TJSCALED(length, factor);
}
