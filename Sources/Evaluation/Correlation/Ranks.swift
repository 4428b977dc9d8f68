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
func ascendingOrder(of values: [Double]) -> [Int32] {
  struct Place {
    var value: Double
    var index: Int32
  }
  var places = values.indices.map { Place(value: values[$0], index: Int32($0)) }
  places.sort { $0.value < $1.value || ($0.value == $1.value && $0.index < $1.index) }
  return places.map(\.index)
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
