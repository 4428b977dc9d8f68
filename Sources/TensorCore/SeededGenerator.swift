/// Random numbers that come out the same for the same seed, on every machine.
///
/// xoshiro256** with its state filled by SplitMix64; the period is `2^256 − 1`. Not for secrets.
///
/// Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 2021,
/// and the authors' public-domain C code.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  /// Starts the sequence that belongs to a seed; every seed will do, 0 too.
  public init(seed: UInt64) {
    var filler = SplitMix64(state: seed)
    state = (filler.next(), filler.next(), filler.next(), filler.next())
  }

  /// Starts one of many unrelated sequences under the same seed, such as one for each restart.
  public init(seed: UInt64, stream: Int) {
    var streams = SplitMix64(state: UInt64(truncatingIfNeeded: stream))
    self.init(seed: seed ^ streams.next())
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let result = rotated(state.1 &* 5, by: 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotated(state.3, by: 45)
    return result
  }

  /// The next number in `0..<1`, a multiple of `2^-53`.
  ///
  /// Its own, because the standard library does not promise the same numbers for ever.
  public mutating func nextUnit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// The next whole number in `0..<bound`; the bias is below `bound · 2^-64`.
  public mutating func nextIndex(below bound: Int) -> Int {
    precondition(bound > 0, "an index below \(bound) does not exist")
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// `0..<count` in an order by chance: Fisher and Yates, from the last place down.
  public mutating func order(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in order.indices.dropFirst().reversed() {
      order.swapAt(last, nextIndex(below: last + 1))
    }
    return order
  }
}

private func rotated(_ bits: UInt64, by distance: UInt64) -> UInt64 {
  bits << distance | bits >> (64 - distance)
}

/// Spreads any seed, however plain, over 64 bits (Steele, Lea and Flood, OOPSLA 2014).
private struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return bits ^ bits >> 31
  }
}
