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
    let count = max(0, min(wanted, spots, genes))
    self.spots = spots
    self.count = count
    let degrees = Double(max(spots - 1, 1))
    let centred = centredColumns(of: block, rows: spots, columns: genes)
    let bySpots = spots <= genes
    var gram = withSingleThreadedBLAS {
      gramMatrix(of: centred, rows: spots, columns: genes, ofRows: bySpots)
    }
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
      project(vectors, on: centred, rows: spots, columns: genes, ofRows: bySpots, count: count)
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

/// The block less the mean of each column, `[rows, columns]`.
private func centredColumns(of block: [Float], rows: Int, columns: Int) -> [Double] {
  var means = [Double](repeating: 0, count: columns)
  var centred = block.map(Double.init)
  for row in 0..<rows {
    let start = row * columns
    for column in 0..<columns { means[column] += centred[start + column] }
  }
  for column in 0..<columns { means[column] /= Double(rows) }
  for row in 0..<rows {
    let start = row * columns
    for column in 0..<columns { centred[start + column] -= means[column] }
  }
  return centred
}

/// `XXᵀ` when `ofRows`, else `XᵀX`; only the upper triangle, seen row by row, is filled.
private func gramMatrix(
  of block: [Double], rows: Int, columns: Int, ofRows: Bool
) -> [Double] {
  let side = ofRows ? rows : columns
  var gram = [Double](repeating: 0, count: side * side)
  guard !block.isEmpty else { return gram }
  cblas_dsyrk(
    CblasRowMajor, CblasUpper, ofRows ? CblasNoTrans : CblasTrans, Int32(side),
    Int32(ofRows ? columns : rows), 1, block, Int32(columns), 0, &gram, Int32(side))
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
  _ vectors: [Double], on block: [Double], rows: Int, columns: Int, ofRows: Bool, count: Int
) -> [Double] {
  let width = ofRows ? columns : rows
  let depth = ofRows ? rows : columns
  var product = [Double](repeating: 0, count: count * width)
  guard !product.isEmpty else { return product }
  cblas_dgemm(
    CblasRowMajor, CblasNoTrans, ofRows ? CblasNoTrans : CblasTrans, Int32(count), Int32(width),
    Int32(depth), 1, vectors, Int32(depth), block, Int32(columns), 0, &product, Int32(width))
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
