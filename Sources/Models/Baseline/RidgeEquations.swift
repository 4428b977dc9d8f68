/// The normal equations of a ridge regression over some spots; those of two sets of spots add up.
struct RidgeEquations {
  let width, genes: Int
  let spotCount: Int
  /// `[spots, width]`; empty in a sum.
  private let statistics: [Double]
  /// `[genes, spots]`; empty in a sum.
  let observedByGene: [Float]
  /// `XᵀX`, `[width, width]`.
  private let gram: [Double]
  /// `XᵀY`, `[width, genes]`.
  private let products: [Double]

  /// - Parameters:
  ///   - statistics: `X`, `[spots, width]`.
  ///   - targets: `Y`, `[spots, genes]`.
  ///   - observed: what predictions are scored against, `[spots, genes]`.
  init(_ statistics: [Double], targets: [Double], observed: [Float], width: Int, genes: Int) {
    precondition(statistics.count / width == targets.count / max(genes, 1))
    self.width = width
    self.genes = genes
    self.statistics = statistics
    spotCount = statistics.count / width
    var byGene = [Float](repeating: 0, count: observed.count)
    for spot in 0..<spotCount {
      for gene in 0..<genes { byGene[gene * spotCount + spot] = observed[spot * genes + gene] }
    }
    observedByGene = byGene
    gram = Self.product(statistics, statistics, rows: spotCount, width, width)
    products = Self.product(statistics, targets, rows: spotCount, width, genes)
  }

  private init(width: Int, genes: Int, spotCount: Int, gram: [Double], products: [Double]) {
    self.width = width
    self.genes = genes
    self.spotCount = spotCount
    self.gram = gram
    self.products = products
    statistics = []
    observedByGene = []
  }

  /// The equations over the spots of all parts; there is at least one.
  static func sum(of parts: [RidgeEquations]) -> RidgeEquations {
    parts.dropFirst().reduce(parts[0]) { sum, part in
      RidgeEquations(
        width: sum.width, genes: sum.genes, spotCount: sum.spotCount + part.spotCount,
        gram: zip(sum.gram, part.gram).map { $0 + $1 },
        products: zip(sum.products, part.products).map { $0 + $1 })
    }
  }

  /// `(XᵀX + λ n I)⁻¹ XᵀY`, `[width, genes]`, by Cholesky's method.
  ///
  /// - Parameter penalty: λ, above 0, so that there is a solution whatever the statistics are.
  func solution(penalty: Double) -> [Double] {
    precondition(penalty > 0, "a penalty of \(penalty)")
    var lower = gram
    // At least 1: without spots the weights are 0.
    for place in 0..<width { lower[place * (width + 1)] += penalty * Double(max(spotCount, 1)) }
    for row in 0..<width {
      for column in 0...row {
        var sum = lower[row * width + column]
        for k in 0..<column { sum -= lower[row * width + k] * lower[column * width + k] }
        lower[row * width + column] =
          row == column ? sum.squareRoot() : sum / lower[column * (width + 1)]
      }
    }
    var solution = products
    var target = solution.mutableSpan
    for row in 0..<width {
      for k in 0..<row { subtract(lower[row * width + k], k, from: row, &target) }
      divide(row, by: lower[row * (width + 1)], &target)
    }
    for row in (0..<width).reversed() {
      for k in row + 1..<width { subtract(lower[k * width + row], k, from: row, &target) }
      divide(row, by: lower[row * (width + 1)], &target)
    }
    return solution
  }

  /// `X · weight`, `[genes, spots]`.
  func predicted(with weight: [Double]) -> [Float] {
    var predicted = [Float](repeating: 0, count: genes * spotCount)
    var sums = [Double](repeating: 0, count: genes)
    let weight = weight.span
    for spot in 0..<spotCount {
      for gene in 0..<genes { sums[gene] = 0 }
      for k in 0..<width {
        let value = statistics[spot * width + k]
        for gene in 0..<genes { sums[gene] += value * weight[k &* genes &+ gene] }
      }
      for gene in 0..<genes { predicted[gene * spotCount + spot] = Float(sums[gene]) }
    }
    return predicted
  }

  private func subtract(
    _ factor: Double, _ other: Int, from row: Int, _ target: inout MutableSpan<Double>
  ) {
    for gene in 0..<genes {
      target[row &* genes &+ gene] -= factor * target[other &* genes &+ gene]
    }
  }

  private func divide(_ row: Int, by divisor: Double, _ target: inout MutableSpan<Double>) {
    for gene in 0..<genes { target[row &* genes &+ gene] /= divisor }
  }

  /// `aᵀ b` of two matrices with the same rows.
  private static func product(
    _ a: [Double], _ b: [Double], rows: Int, _ widthA: Int, _ widthB: Int
  ) -> [Double] {
    var product = [Double](repeating: 0, count: widthA * widthB)
    var target = product.mutableSpan
    let (a, b) = (a.span, b.span)
    for row in 0..<rows {
      for i in 0..<widthA {
        let factor = a[row &* widthA &+ i]
        for j in 0..<widthB {
          target[i &* widthB &+ j] += factor * b[row &* widthB &+ j]
        }
      }
    }
    return product
  }
}
