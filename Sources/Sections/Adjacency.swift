/// The neighbours of each spot: a directed graph without self-loops, all edges of weight 1.
public struct Adjacency: Sendable, Hashable {
  /// Which of a spot's nearest neighbours stay.
  public enum Pruning: String, Sendable, Codable, CaseIterable {
    /// All of them: THItoGene, and Hist2ST on cSCC.
    case none
    /// Those at most 2 away: Hist2ST on HER2+.
    case grid
    /// Those at most the mean plus one standard deviation of the spot's own distances away.
    case deviation
  }

  /// How neighbours at equal distance are ordered.
  public enum TieOrder: String, Sendable, Codable, CaseIterable {
    /// As NumPy 1.24 sorts: what the authors' results rest on.
    case authors
    /// The spot that comes first in the section comes first.
    case stable
  }

  /// The number of spots: rows of `neighbours`.
  public let spotCount: Int
  /// Neighbours looked for at each spot; less than asked where the section has too few spots.
  public let count: Int
  /// `[spots, count]`, row-major: spot indices by growing distance, -1 where one was pruned.
  public let neighbours: [Int32]

  /// Finds the nearest other spots by Euclidean distance, in double precision.
  ///
  /// Source: the authors sort each spot's distances to all spots, skip the first, which is the
  /// spot itself, and take the next `count`. Their sort is not stable, so ties at a section's
  /// border fall as the algorithm has it; `ties` chooses between that and a plain rule.
  ///
  /// - Parameter points: finite coordinates, all different: array columns and rows, or pixels.
  public init(
    nearestTo points: [(x: Double, y: Double)], count wanted: Int = 4, pruning: Pruning = .none,
    ties: TieOrder = .authors
  ) {
    precondition(wanted >= 0, "a spot cannot have \(wanted) neighbours")
    let count = max(0, min(wanted, points.count - 1))
    var neighbours: [Int32] = []
    neighbours.reserveCapacity(points.count * count)
    for point in points {
      let distances = points.map { other in
        let x = point.x - other.x
        let y = point.y - other.y
        return (x * x + y * y).squareRoot()
      }
      let order = ties == .authors ? authorsOrder(of: distances) : stableOrder(of: distances)
      let nearest = order[1..<1 + count]
      let reach = pruning.reach(nearest.map { distances[$0] })
      neighbours += nearest.map { distances[$0] <= reach ? Int32($0) : -1 }
    }
    spotCount = points.count
    self.count = count
    self.neighbours = neighbours
  }

  /// Finds the nearest other spots on the array's lattice, as THItoGene and Hist2ST do.
  public init(
    ofGrid spots: [Spot], count: Int = 4, pruning: Pruning = .none, ties: TieOrder = .authors
  ) {
    self.init(
      nearestTo: spots.map { (Double($0.column), Double($0.row)) }, count: count, pruning: pruning,
      ties: ties)
  }

  /// A spot's neighbours by growing distance, without those that were pruned.
  public func neighbours(ofSpot spot: Int) -> [Int] {
    neighbours[spot * count..<(spot + 1) * count].filter { $0 >= 0 }.map(Int.init)
  }
}

extension Adjacency.Pruning {
  /// The greatest distance that stays, given a spot's distances.
  fileprivate func reach(_ distances: [Double]) -> Double {
    switch self {
    case .none: return .infinity
    case .grid: return 2
    case .deviation:
      let count = Double(distances.count)
      let mean = distances.reduce(0, +) / count
      let variance = distances.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      return mean + variance.squareRoot()
    }
  }
}

/// Indices by growing value, equal values in index order.
private func stableOrder(of values: [Double]) -> [Int] {
  values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
}

/// Indices by growing value, equal values in the order NumPy 1.24's `argsort` leaves them.
///
/// Quicksort by the median of three down to 16 values, insertion sort below, heap sort when the
/// recursion gets deeper than `2 · ⌊log₂ n⌋`.
func authorsOrder(of values: [Double]) -> [Int] {
  var order = Array(values.indices)
  guard values.count > 1 else { return order }
  var pending: [(left: Int, right: Int, depth: Int)] = []
  var left = 0
  var right = values.count - 1
  var depth = 2 * (Int.bitWidth - 1 - values.count.leadingZeroBitCount)
  while true {
    let isTooDeep = depth < 0
    while right - left > 15 && !isTooDeep {
      let middle = left + (right - left) / 2
      func orderPair(_ first: Int, _ second: Int) {
        if values[order[second]] < values[order[first]] { order.swapAt(first, second) }
      }
      orderPair(left, middle)
      orderPair(middle, right)
      orderPair(left, middle)
      let pivot = values[order[middle]]
      order.swapAt(middle, right - 1)
      var i = left
      var j = right - 1
      while true {
        repeat { i += 1 } while values[order[i]] < pivot
        repeat { j -= 1 } while pivot < values[order[j]]
        if i >= j { break }
        order.swapAt(i, j)
      }
      order.swapAt(i, right - 1)
      depth -= 1
      if i - left < right - i {
        pending.append((i + 1, right, depth))
        right = i - 1
      } else {
        pending.append((left, i - 1, depth))
        left = i + 1
      }
    }
    if left < right {
      if isTooDeep {
        heapSort(&order, left...right, by: values)
      } else {
        insertionSort(&order, left...right, by: values)
      }
    }
    guard let next = pending.popLast() else { return order }
    (left, right, depth) = next
  }
}

private func insertionSort(_ order: inout [Int], _ range: ClosedRange<Int>, by values: [Double]) {
  for index in range.dropFirst() {
    let moved = order[index]
    var place = index
    while place > range.lowerBound && values[moved] < values[order[place - 1]] {
      order[place] = order[place - 1]
      place -= 1
    }
    order[place] = moved
  }
}

private func heapSort(_ order: inout [Int], _ range: ClosedRange<Int>, by values: [Double]) {
  let base = range.lowerBound - 1  // the heap's places count from 1
  func sift(_ moved: Int, from start: Int, size: Int) {
    var place = start
    var child = 2 * start
    while child <= size {
      if child < size && values[order[base + child]] < values[order[base + child + 1]] {
        child += 1
      }
      guard values[moved] < values[order[base + child]] else { break }
      order[base + place] = order[base + child]
      place = child
      child *= 2
    }
    order[base + place] = moved
  }
  var size = range.count
  for start in stride(from: size / 2, to: 0, by: -1) {
    sift(order[base + start], from: start, size: size)
  }
  while size > 1 {
    let moved = order[base + size]
    order[base + size] = order[base + 1]
    size -= 1
    sift(moved, from: 1, size: size)
  }
}
