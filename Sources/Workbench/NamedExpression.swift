import Evaluation
import Sections

/// Expression at a section's spots with the names of its genes: as observed, or as predicted.
public struct NamedExpression: Sendable {
  /// `observed`, or the method's name.
  public let source: String
  /// In the order of the matrix.
  public let genes: [String]
  /// What the values are.
  public let normalization: Normalization
  private let matrix: any ExpressionMatrix

  /// What was observed.
  public init(observedIn section: LoadedSection, _ normalization: Normalization) {
    source = "observed"
    genes = section.section.genes
    self.normalization = normalization
    matrix = section.expression(normalization)
  }

  /// What a method predicts at the section's own spots, its values as they are.
  ///
  /// - Throws: for a prediction of other places.
  public init(_ prediction: Prediction, on section: LoadedSection) throws(WorkbenchError) {
    guard prediction.denserSpots == nil,
      prediction.spotCount == section.section.spots.count
    else {
      throw WorkbenchError(
        "\(prediction.method) predicts \(prediction.spotCount) places, not the "
          + "\(section.section.spots.count) spots of \(section.section.name).")
    }
    source = prediction.method
    genes = prediction.genes
    normalization = prediction.normalization ?? section.normalization
    matrix = prediction
  }

  /// The number of spots.
  public var spotCount: Int { matrix.spotCount }

  /// One gene's value at every spot.
  public func values(ofGene gene: Int) -> [Float] { matrix.values(ofGene: gene) }

  /// Some genes at some neighbouring spots, `[spots, genes]`, row by row.
  func block(spots: Range<Int>, genes: [Int]) -> [Float] {
    var block = [Float](repeating: 0, count: spots.count * genes.count)
    for (column, gene) in genes.enumerated() {
      let values = values(ofGene: gene)
      for (row, spot) in spots.enumerated() { block[row * genes.count + column] = values[spot] }
    }
    return block
  }

  /// The mean of each gene over some spots, those without a number left out; NaN where all are.
  func means(over spots: [Int]) -> [Double] {
    genes.indices.map { gene in
      let values = values(ofGene: gene)
      var (sum, count) = (0.0, 0.0)
      for spot in spots where values[spot].isFinite {
        sum += Double(values[spot])
        count += 1
      }
      return sum / count
    }
  }
}
