import Foundation

/// Random numbers that are the same for a seed wherever they are drawn: xoshiro256\*\*.
///
/// Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators" (2021); the state
/// is filled by SplitMix64, as they advise.
struct SeededGenerator: RandomNumberGenerator {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  /// - Parameter stream: sets apart generators of one seed, by what they are for.
  init(seed: UInt64, stream: UInt64) {
    var filler = mix(seed, stream)
    func fill() -> UInt64 {
      filler = mix(filler, 0x9E37_79B9_7F4A_7C15)
      return filler
    }
    state = (fill(), fill(), fill(), fill())
  }

  mutating func next() -> UInt64 {
    func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 {
      value << count | value >> (64 - count)
    }
    let result = rotated(state.1 &* 5, 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotated(state.3, 45)
    return result
  }

  /// Uniform in `0..<1`.
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + uniform() * (range.upperBound - range.lowerBound)
  }

  /// Mean 0, variance 1, by Box and Muller.
  mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// Mean `shape`, scale 1, for shapes of at least 1.
  ///
  /// Source: Marsaglia and Tsang, "A simple method for generating gamma variables" (2000).
  mutating func gamma(shape: Double) -> Double {
    precondition(shape >= 1)
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      if v > 0, log(1 - uniform()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
  }

  /// Products of uniforms up to a mean of 30, the rounded normal beyond.
  mutating func poisson(mean: Double) -> Int {
    if mean >= 30 { return max(0, Int((mean + mean.squareRoot() * normal()).rounded())) }
    let limit = exp(-mean)
    var product = uniform()
    var count = 0
    while product > limit {
      product *= uniform()
      count += 1
    }
    return count
  }

  /// Negative binomial: variance `mean + dispersion · mean²`.
  mutating func count(mean: Double, dispersion: Double) -> Int {
    guard mean > 0 else { return 0 }
    let shape = 1 / dispersion
    return poisson(mean: mean * gamma(shape: shape) / shape)
  }
}

/// Stirs two numbers into one, by SplitMix64's finisher (Steele et al., 2014).
func mix(_ first: UInt64, _ second: UInt64) -> UInt64 {
  var mixed = first &+ second &* 0x9E37_79B9_7F4A_7C15
  mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
  mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
  return mixed ^ (mixed >> 31)
}
