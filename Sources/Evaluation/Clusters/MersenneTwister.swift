/// The random numbers of NumPy's `RandomState`, to reproduce what others drew with it.
///
/// MT19937, seeded as `RandomState(seed)` is with a whole number. Where nothing has to be reproduced,
/// `SeededGenerator` is the one to use.
///
/// Source: Matsumoto and Nishimura, ACM Trans. Model. Comput. Simul. 1998, with the seeding of their
/// 2002 code; NumPy's `random_sample` and `choice`.
struct MersenneTwister: Sendable {
  private static let size = 624
  private static let shift = 397

  private var state: [UInt32]
  private var position = size

  init(seed: UInt32) {
    state = [seed]
    for index in 1..<UInt32(Self.size) {
      let last = state[Int(index) - 1]
      state.append(1_812_433_253 &* (last ^ (last >> 30)) &+ index)
    }
  }

  /// 32 random bits.
  mutating func nextWord() -> UInt32 {
    if position == Self.size { renew() }
    var word = state[position]
    position += 1
    word ^= word >> 11
    word ^= (word << 7) & 0x9D2C_5680
    word ^= (word << 15) & 0xEFC6_0000
    return word ^ (word >> 18)
  }

  /// A number in `0..<1` with 53 random bits, as `random_sample` gives it.
  mutating func nextUnit() -> Double {
    let high = Double(nextWord() >> 5)
    let low = Double(nextWord() >> 6)
    return (high * 67_108_864 + low) / 9_007_199_254_740_992
  }

  /// An index of equal weights `1 / count` in single precision, as `choice(count, p:)` draws it.
  mutating func nextChoice(of count: Int) -> Int {
    let weight = Double(1 / Float(count))
    var sums = [Double](repeating: 0, count: count)
    var sum = 0.0
    for index in sums.indices {
      sum += weight
      sums[index] = sum
    }
    let unit = nextUnit()
    return sums.firstIndex { $0 / sum > unit } ?? count - 1
  }

  private mutating func renew() {
    for index in 0..<Self.size {
      let next = state[(index + 1) % Self.size]
      let joined = (state[index] & 0x8000_0000) | (next & 0x7FFF_FFFF)
      let mask: UInt32 = joined & 1 == 1 ? 0x9908_B0DF : 0
      state[index] = state[(index + Self.shift) % Self.size] ^ (joined >> 1) ^ mask
    }
    position = 0
  }
}
