import Foundation

/// A smooth curve through points: at each place a parabola fitted to the nearest points, near ones
/// weighing more.
///
/// Parabolas are fitted at a few vertices, and between two of them the curve is the cubic with their
/// values and slopes. A vertex lies half a percent of the range beyond either end; a stretch between two
/// with more than `⌊points · span / 5⌋` points gets one more at its middle point.
///
/// Source: Cleveland and Grosse, "Computational methods for local regression", Statistics and Computing
/// 1, 1991; the values are those of their program `dloess` for one variable, degree 2, gaussian family
/// and an interpolated surface, as R and scikit-misc have it.
public struct LocalRegression: Sendable {
  private struct Vertex {
    var x: Double
    var value: Double
    var slope: Double
  }

  private let vertices: [Vertex]

  /// Fits the curve.
  ///
  /// - Parameters:
  ///   - points: at least three places that differ, in any order.
  ///   - span: the share of the points that each parabola is fitted to, above 0, at most 1; at least three
  ///     points are taken.
  public init(_ points: [(x: Double, y: Double)], span: Double) {
    precondition(points.count >= 3 && span > 0 && span <= 1, "\(points.count) points, span \(span)")
    let points = points.sorted { $0.x < $1.x }
    let nearest = min(
      points.count, max(3, Int((Double(points.count) * span + 1e-5).rounded(.down))))
    vertices = Self.places(points.map(\.x), most: Int(Double(points.count) * span * 0.2)).map { x in
      let (value, slope) = parabola(at: x, points, nearest: nearest)
      return Vertex(x: x, value: value, slope: slope)
    }
  }

  /// The curve at a place within the range of the points, or near it.
  public func callAsFunction(_ x: Double) -> Double {
    var (low, high) = (0, vertices.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if vertices[middle].x <= x { low = middle } else { high = middle }
    }
    let (left, right) = (vertices[low], vertices[high])
    let width = right.x - left.x
    let share = (x - left.x) / width
    let rest = 1 - share
    let values =
      rest * rest * (1 + 2 * share) * left.value
      + share * share * (3 - 2 * share) * right.value
    return values + share * rest * (rest * left.slope - share * right.slope) * width
  }

  /// Where vertices lie, for places in their order.
  private static func places(_ x: [Double], most: Int) -> [Double] {
    let (first, last) = (x[0], x[x.count - 1])
    let margin = 0.005 * max(last - first, 1e-10 * max(abs(first), abs(last)) + 1e-30)
    var places = [first - margin, last + margin]
    var waiting = [(points: x.indices, from: places[0], to: places[1])]
    while let (points, start, end) = waiting.popLast() {
      guard points.count > max(1, most) else { continue }
      let middle = middle(of: points, x)
      let place = x[middle]
      guard place != start, place != end else { continue }
      places.append(place)
      waiting.append((points.lowerBound..<middle + 1, start, place))
      waiting.append((middle + 1..<points.upperBound, place, end))
    }
    return places.sorted()
  }

  /// The middle point, or the nearest to it after which a greater one comes: equal ones stay together.
  private static func middle(of points: Range<Int>, _ x: [Double]) -> Int {
    let middle = (points.lowerBound + points.upperBound - 1) / 2
    for step in 0..<points.count {
      for candidate in [middle + step, middle - step] {
        guard points.contains(candidate), points.contains(candidate + 1) else { return middle }
        if x[candidate] != x[candidate + 1] { return candidate }
      }
    }
    return middle
  }
}

/// Value and slope at a place of the parabola through the nearest points, weighed by
/// `(1 − (distance / greatest)³)³`.
private func parabola(
  at x: Double, _ points: [(x: Double, y: Double)], nearest: Int
) -> (value: Double, slope: Double) {
  var (first, end) = (0, points.count)
  // The points are in order: the farthest is at either end.
  while end - first > nearest {
    if x - points[first].x > points[end - 1].x - x { first += 1 } else { end -= 1 }
  }
  let reach = max(abs(points[first].x - x), abs(points[end - 1].x - x))
  // In units of the reach, so that sums of powers are of one size.
  var powers = [Double](repeating: 0, count: 5)
  var products = [Double](repeating: 0, count: 3)
  for point in points[first..<end] {
    let distance = reach > 0 ? (point.x - x) / reach : 0
    let rest = 1 - abs(distance * distance * distance)
    var weight = rest * rest * rest
    for power in 0..<5 {
      powers[power] += weight
      if power < 3 { products[power] += weight * point.y }
      weight *= distance
    }
  }
  let solution = solved(powers, products)
  return (solution[0], reach > 0 ? solution[1] / reach : 0)
}

/// The coefficients of a parabola by the sums of powers and of their products with the values. A
/// coefficient that the points do not tell is 0.
private func solved(_ powers: [Double], _ products: [Double]) -> [Double] {
  // Cholesky's triangle of the symmetric matrix of sums.
  var triangle = [[Double]](repeating: [0, 0, 0], count: 3)
  var answer = [0.0, 0, 0]
  for row in 0..<3 {
    for column in 0...row {
      var rest = powers[row + column]
      for k in 0..<column { rest -= triangle[row][k] * triangle[column][k] }
      if row == column {
        triangle[row][row] = rest > 1e-13 * powers[0] ? rest.squareRoot() : 0
      } else {
        triangle[row][column] = triangle[column][column] > 0 ? rest / triangle[column][column] : 0
      }
    }
    var rest = products[row]
    for k in 0..<row { rest -= triangle[row][k] * answer[k] }
    answer[row] = triangle[row][row] > 0 ? rest / triangle[row][row] : 0
  }
  for row in (0..<3).reversed() {
    var rest = answer[row]
    for k in row + 1..<3 { rest -= triangle[k][row] * answer[k] }
    answer[row] = triangle[row][row] > 0 ? rest / triangle[row][row] : 0
  }
  return answer
}
