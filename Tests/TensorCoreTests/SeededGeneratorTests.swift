import Testing

@testable import TensorCore

@Test func `the numbers of a seed stay the same`() {
  // As other implementations of xoshiro256** give with a state filled by SplitMix64 from 0.
  var generator = SeededGenerator(seed: 0)
  #expect(
    (0..<3).map { _ in generator.next() } == [
      0x99ec_5f36_cb75_f2b4, 0xbf6e_1f78_4956_452a, 0x1a5f_849d_4933_e6e0,
    ])
}

@Test func `streams of one seed differ`() {
  var first = SeededGenerator(seed: 5, stream: 0)
  var second = SeededGenerator(seed: 5, stream: 1)
  #expect(first.next() != second.next())
}

@Test(arguments: 0..<64)
func `drawn units and indices stay in range`(seed: UInt64) {
  var generator = SeededGenerator(seed: seed)
  var mean = 0.0
  for _ in 0..<1000 {
    let unit = generator.nextUnit()
    #expect(0..<1 ~= unit)
    #expect(0..<7 ~= generator.nextIndex(below: 7))
    mean += unit / 1000
  }
  // The mean of 1000 has a standard deviation of 0.009.
  #expect(abs(mean - 0.5) < 0.05)
}

@Test func `an order by chance has every place once, and all orders are as likely`() {
  var generator = SeededGenerator(seed: 3)
  var counts: [[Int]: Int] = [:]
  for _ in 0..<6000 { counts[generator.order(of: 3), default: 0] += 1 }
  #expect(counts.count == 6)
  #expect(counts.keys.allSatisfy { $0.sorted() == [0, 1, 2] })
  #expect(counts.values.allSatisfy { (850...1150).contains($0) })
  #expect(generator.order(of: 0).isEmpty)
}
