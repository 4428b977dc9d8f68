/// The place of every value among all, from 1 up; equal values share the mean of their places.
///
/// `scipy.stats.rankdata` with its default method. NaN has no place: leave it out before.
func ranks(of values: [Double]) -> [Double] {
  let order = ascendingOrder(of: values)
  var ranks = [Double](repeating: 0, count: values.count)
  forEachTie(in: order, of: values) { places in
    let rank = Double(places.lowerBound + places.upperBound + 1) / 2
    for place in places { ranks[Int(order[place])] = rank }
  }
  return ranks
}

/// Indices of the values from the lowest to the highest, equal ones in their order.
///
/// A radix sort, nine bits at a time from the lowest bit in which values differ: four passes for
/// expression, which comes from single precision.
func ascendingOrder(of values: [Double]) -> [Int32] {
  var places = values.indices.map { Place(key: sortableBits(values[$0]), index: Int32($0)) }
  guard let first = places.first else { return [] }
  let differing = places.reduce(0) { $0 | ($1.key ^ first.key) }
  var sorted = places
  for shift in stride(from: differing.trailingZeroBitCount, to: 64, by: 9)
  where (differing >> UInt64(shift)) & 511 != 0 {
    scatter(places.span, byBitsFrom: UInt64(shift), into: sorted.mutableSpan)
    swap(&places, &sorted)
  }
  return places.map(\.index)
}

private struct Place {
  var key: UInt64
  var index: Int32
}

/// Bits whose order as whole numbers is that of the values; −0 has those of 0.
private func sortableBits(_ value: Double) -> UInt64 {
  let bits = (value + 0).bitPattern
  return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
}

/// One pass: places in the order of nine bits, equal ones as they were.
private func scatter(
  _ places: Span<Place>, byBitsFrom shift: UInt64, into sorted: consuming MutableSpan<Place>
) {
  var next = InlineArray<512, Int32>(repeating: 0)
  for index in places.indices { next[Int(places[index].key &>> shift & 511)] &+= 1 }
  var start: Int32 = 0
  for digit in next.indices {
    let count = next[digit]
    next[digit] = start
    start &+= count
  }
  for index in places.indices {
    let digit = Int(places[index].key &>> shift & 511)
    sorted[Int(next[digit])] = places[index]
    next[digit] &+= 1
  }
}

/// Calls back with each run of equal values in an order, a single value being a run of one.
func forEachTie(in order: [Int32], of values: [Double], _ body: (Range<Int>) -> Void) {
  var start = 0
  while start < order.count {
    let value = values[Int(order[start])]
    var end = start + 1
    while end < order.count, values[Int(order[end])] == value { end += 1 }
    body(start..<end)
    start = end
  }
}
