import COpenBLAS
import TensorCore

/// The directions in which spots differ most, and where each spot lies along them.
///
/// With `X` the block less its column means: `XᵀX / (n − 1) = Vᵀ diag(variances) V`, and the
/// scores are `X · Vᵀ`. Columns are centred, not scaled. Solved through whichever of `XXᵀ` and
/// `XᵀX` is smaller, in double precision, for the leading components only.
///
/// Signs: each component is turned so that its score of largest size is positive (the first spot
/// wins a tie), which makes them the same on every run.
///
/// OpenBLAS works with one thread here: its sums then do not depend on the number of cores, and
/// K-means, which makes much of last bits, finds the same clusters for a seed.
///
/// Source: the definition as scikit-learn's `PCA` computes it (`svd_solver="full"`).
/// Departure: scikit-learn from 1.5 on takes the sign from the loadings instead.
/// Edge cases: equal spots, or one spot alone, have variances and scores of 0. Directions without
/// variance have components of 0, where scikit-learn gives arbitrary ones. Values must be finite.
public struct PrincipalComponents: Sendable, Hashable {
  /// Spots in the block.
  public let spots: Int
  /// Components found: the number asked for, but never more than spots or genes.
  public let count: Int
  /// Where each spot lies, `[spots, count]`, in the block's units.
  public let scores: [Float]
  /// Variance along each component, with denominator `n − 1`, largest first.
  public let variances: [Double]
  /// Each variance's share of the total over all directions, `0...1`; 0 where the total is 0.
  public let varianceRatios: [Double]
  /// Unit length loadings, `[count, genes]`.
  public let components: [Float]

  /// Takes a block `[spots, genes]`, row by row, and the number of components wanted.
  public init(of block: [Float], spots: Int, genes: Int, components wanted: Int) {
    precondition(
      block.count == spots * genes, "a block of \(block.count) values is not [\(spots), \(genes)]")
    self.init(spots: spots, genes: genes, components: wanted) { rows in
      rows == 0..<spots
        ? block : Array(block[rows.lowerBound * genes..<rows.upperBound * genes])
    }
  }

  /// The same of a block that is made some spots at a time, several times over: it is never held whole
  /// where there are more spots than genes.
  ///
  /// - Parameter rows: gives the block's rows of some spots.
  public init(
    spots: Int, genes: Int, components wanted: Int, rows: @escaping (Range<Int>) -> [Float]
  ) {
    let count = max(0, min(wanted, spots, genes))
    self.spots = spots
    self.count = count
    let degrees = Double(max(spots - 1, 1))
    let bySpots = spots <= genes
    let centred = CentredBlock(rows: spots, columns: genes, isHeld: bySpots, of: rows)
    var gram = withSingleThreadedBLAS { gramMatrix(of: centred, ofRows: bySpots) }
    let side = bySpots ? spots : genes
    let total = (0..<side).reduce(0) { $0 + gram[$1 * (side + 1)] } / degrees
    let (values, vectors) = withSingleThreadedBLAS {
      leadingEigenpairs(of: &gram, side: side, count: count)
    }

    // Rounding leaves directions without variance a little above or below zero: call them zero.
    let floor = (values.first ?? 0) * Double(side) * Double.ulpOfOne
    let lengths = values.map { $0 > floor ? $0.squareRoot() : 0 }
    variances = lengths.map { $0 * $0 / degrees }
    varianceRatios = variances.map { total > 0 ? $0 / total : 0 }

    // The other side's vectors are the projection: [count, spots or genes].
    var projected = withSingleThreadedBLAS {
      project(vectors, on: centred, ofRows: bySpots, count: count)
    }
    var own = vectors
    if bySpots {
      scale(&own, rowsOf: spots, by: lengths)
      scale(&projected, rowsOf: genes, by: lengths.map { $0 > 0 ? 1 / $0 : 0 })
    } else {
      scale(&own, rowsOf: genes, by: lengths.map { $0 > 0 ? 1 : 0 })
      scale(&projected, rowsOf: spots, by: lengths.map { $0 > 0 ? 1 : 0 })
    }
    var scores = bySpots ? own : projected  // [count, spots]
    var loadings = bySpots ? projected : own  // [count, genes]
    let signs = (0..<count).map { component in
      signOfLargest(scores[component * spots..<(component + 1) * spots])
    }
    scale(&scores, rowsOf: spots, by: signs)
    scale(&loadings, rowsOf: genes, by: signs)
    self.scores = transposed(scores, rows: count, columns: spots)
    components = loadings.map(Float.init)
  }
}

/// A block less the mean of each column, made in double precision a panel at a time.
private struct CentredBlock {
  let rows, columns: Int
  let means: [Double]
  /// Gives some rows, `[some, columns]`.
  private let values: (Range<Int>) -> [Float]

  /// Rows or columns in a panel.
  static let panelWidth = 128

  /// - Parameter isHeld: whether the block is made once and held, to be read in columns too.
  init(rows: Int, columns: Int, isHeld: Bool, of values: @escaping (Range<Int>) -> [Float]) {
    (self.rows, self.columns) = (rows, columns)
    let whole = isHeld ? values(0..<rows) : []
    self.values = isHeld ? { _ in whole } : values
    var means = [Double](repeating: 0, count: columns)
    for range in Self.panels(of: rows, isWhole: isHeld) {
      let block = self.values(range)
      for row in 0..<range.count {
        for column in 0..<columns { means[column] += Double(block[row * columns + column]) }
      }
    }
    self.means = means.map { $0 / Double(rows) }
  }

  private static func panels(of count: Int, isWhole: Bool = false) -> [Range<Int>] {
    isWhole
      ? [0..<count]
      : stride(from: 0, to: count, by: panelWidth).map { $0..<min($0 + panelWidth, count) }
  }

  /// Calls `body` with all columns in panels `[rows, some]`, where the block is held, or else all rows in
  /// panels `[some, columns]`.
  func forEachPanel(ofColumns: Bool, _ body: (_ panel: [Double], _ range: Range<Int>) -> Void) {
    let whole = ofColumns ? values(0..<rows) : []
    for range in Self.panels(of: ofColumns ? columns : rows) {
      body(
        ofColumns
          ? panel(whole, rows: rows, range) : panel(values(range), rows: range.count, 0..<columns),
        range)
    }
  }

  private func panel(_ block: [Float], rows: Int, _ columns: Range<Int>) -> [Double] {
    var panel: [Double] = []
    panel.reserveCapacity(rows * columns.count)
    for row in 0..<rows {
      for column in columns {
        panel.append(Double(block[row * self.columns + column]) - means[column])
      }
    }
    return panel
  }
}

/// `XXᵀ` when `ofRows`, else `XᵀX`; only the upper triangle, seen row by row, is filled.
private func gramMatrix(of block: CentredBlock, ofRows: Bool) -> [Double] {
  let side = ofRows ? block.rows : block.columns
  var gram = [Double](repeating: 0, count: side * side)
  block.forEachPanel(ofColumns: ofRows) { panel, range in
    cblas_dsyrk(
      CblasRowMajor, CblasUpper, ofRows ? CblasNoTrans : CblasTrans, Int32(side),
      Int32(range.count), 1, panel, Int32(ofRows ? range.count : side), 1, &gram, Int32(side))
  }
  return gram
}

/// The largest eigenvalues, descending, and their unit vectors as rows `[count, side]`.
///
/// The matrix is used as scratch space.
private func leadingEigenpairs(
  of matrix: inout [Double], side: Int, count: Int
) -> (values: [Double], vectors: [Double]) {
  guard count > 0 else { return ([], []) }
  var n = Int32(side)
  var first = Int32(side - count + 1)
  var last = Int32(side)
  var unused = 0.0
  var tolerance = 0.0
  var found: Int32 = 0
  var info: Int32 = 0
  var values = [Double](repeating: 0, count: side)
  var vectors = [Double](repeating: 0, count: side * count)
  var support = [Int32](repeating: 0, count: 2 * side)
  var work = [0.0]
  var integerWork: [Int32] = [0]
  var workCount: Int32 = -1  // the first call asks how much work space is best
  var integerWorkCount: Int32 = -1
  for _ in 0..<2 {
    // LAPACK counts columns first, so the upper triangle by rows is its lower one.
    dsyevr_(
      "V", "I", "L", &n, &matrix, &n, &unused, &unused, &first, &last, &tolerance, &found,
      &values, &vectors, &n, &support, &work, &workCount, &integerWork, &integerWorkCount, &info)
    guard workCount == -1 else { break }
    workCount = Int32(work[0])
    integerWorkCount = integerWork[0]
    work = [Double](repeating: 0, count: Int(workCount))
    integerWork = [Int32](repeating: 0, count: Int(integerWorkCount))
  }
  precondition(info == 0 && Int(found) == count, "dsyevr found \(found) of \(count), info \(info)")
  let descending = (0..<count).reversed()
  return (
    descending.map { values[$0] },
    descending.flatMap { vectors[$0 * side..<($0 + 1) * side] }
  )
}

/// `V · X` for vectors over the rows, else `V · Xᵀ`: `[count, columns]` or `[count, rows]`.
private func project(
  _ vectors: [Double], on block: CentredBlock, ofRows: Bool, count: Int
) -> [Double] {
  let width = ofRows ? block.columns : block.rows
  let depth = ofRows ? block.rows : block.columns
  var product = [Double](repeating: 0, count: count * width)
  guard !product.isEmpty else { return product }
  block.forEachPanel(ofColumns: ofRows) { panel, range in
    product.withUnsafeMutableBufferPointer { product in
      // Safety: the panel's results are `range` of each of the `count` rows of `width`.
      cblas_dgemm(
        CblasRowMajor, CblasNoTrans, ofRows ? CblasNoTrans : CblasTrans, Int32(count),
        Int32(range.count), Int32(depth), 1, vectors, Int32(depth), panel,
        Int32(ofRows ? range.count : depth), 0, product.baseAddress! + range.lowerBound,
        Int32(width))
    }
  }
  return product
}

private func scale(_ matrix: inout [Double], rowsOf width: Int, by factors: [Double]) {
  for (row, factor) in factors.enumerated() {
    for index in row * width..<(row + 1) * width { matrix[index] *= factor }
  }
}

private func signOfLargest(_ values: ArraySlice<Double>) -> Double {
  var largest = 0.0
  for value in values where abs(value) > abs(largest) { largest = value }
  return largest < 0 ? -1 : 1
}

private func transposed(_ matrix: [Double], rows: Int, columns: Int) -> [Float] {
  [Float](unsafeUninitializedCapacity: rows * columns) { buffer, filled in
    // Safety: the two loops write each of the rows · columns places once.
    for column in 0..<columns {
      for row in 0..<rows {
        buffer.initializeElement(at: column * rows + row, to: Float(matrix[row * columns + column]))
      }
    }
    filled = rows * columns
  }
}
