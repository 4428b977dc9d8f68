import Evaluation
import Foundation
import Sections

/// How high the genes of each set stand at each spot, to be shown as genes are.
///
/// See ``SingleSampleScores`` for the formula; NaN where a spot or a set has none.
public struct GeneSetScores: ExpressionMatrix, Hashable {
  /// `observed`, or the method whose prediction was scored.
  public let source: String
  /// The sets' names.
  public let names: [String]
  /// How many of each set's genes were there to be scored.
  public let sizes: [Int]
  /// The number of spots.
  public let spotCount: Int
  /// What was done with the scores of all spots and sets together.
  public let normalization: SingleSampleScores.Normalization
  private let values: [Float]  // [sets, spots]

  /// Scores sets at every spot; spots are taken some at a time, so that memory stays small.
  init(
    of expression: NamedExpression, in sets: GeneSets, weight: Double,
    _ normalization: SingleSampleScores.Normalization
  ) {
    let place = Dictionary(uniqueKeysWithValues: zip(expression.genes, expression.genes.indices))
    let members = sets.sets.map { $0.genes.compactMap { place[$0] } }
    let genes = Array(expression.genes.indices)
    let measure = SingleSampleScores(sets: members, geneCount: genes.count, weight: weight)
    let atOnce = max(1, (1 << 25) / max(1, genes.count))
    var scores: [Double] = []  // [spots, sets]
    for first in stride(from: 0, to: expression.spotCount, by: atOnce) {
      let spots = first..<min(first + atOnce, expression.spotCount)
      scores += measure.scores(of: expression.block(spots: spots, genes: genes))
    }
    scores = SingleSampleScores.normalized(scores, by: normalization)
    source = expression.source
    names = sets.sets.map(\.name)
    sizes = members.map { Set($0).count }
    spotCount = expression.spotCount
    self.normalization = normalization
    let spotCount = self.spotCount
    values = members.indices.flatMap { set in
      (0..<spotCount).map { Float(scores[$0 * members.count + set]) }
    }
  }

  /// The number of sets, which stand for genes.
  public var geneCount: Int { names.count }

  /// One set's score at every spot.
  public func values(ofGene set: Int) -> [Float] {
    Array(values[set * spotCount..<(set + 1) * spotCount])
  }

  /// The scores as a table of spots by sets can hold them.
  private var asPrediction: Prediction {
    Prediction(
      method: "gene sets, \(source)", genes: names, spotCount: spotCount, values: values,
      normalization: nil)
  }
}

extension GeneSetScores {
  /// The section with its sets in place of its genes, the scores in place of counts: to be looked at
  /// with everything that shows genes.
  ///
  /// Sets without scores are left out; a spot without one has 0, and the section says so.
  public func section(scoredIn loaded: LoadedSection) -> Section {
    let shown = names.indices.filter { values(ofGene: $0).contains { $0.isFinite } }
    var (starts, spots, entries) = ([0], [UInt32](), [Float]())
    var missing = Set<Int>()
    for set in shown {
      for (spot, value) in values(ofGene: set).enumerated() {
        if !value.isFinite { missing.insert(spot) }
        guard value.isFinite, value != 0 else { continue }
        spots.append(UInt32(spot))
        entries.append(value)
      }
      starts.append(entries.count)
    }
    let own = loaded.section
    var section = Section(
      name: own.name, patient: own.patient, platform: own.platform, spots: own.spots,
      genes: shown.map { names[$0] },
      counts: SparseMatrix(spotCount: spotCount, starts: starts, spots: spots, values: entries),
      image: own.image, annotations: own.annotations, notes: own.notes, files: own.files)
    section.holdsCounts = false
    section.spotDiameter = own.spotDiameter
    section.placement = own.placement
    section.missingPositions = own.missingPositions
    if !missing.isEmpty {
      section.notes.append(
        "\(missing.count.grouped) spot\(missing.count == 1 ? "" : "s") without scores shown as 0.")
    }
    return section
  }

  /// Writes spots by sets as a table, or as an `.h5ad` that `eosin view` opens, by the file's name.
  ///
  /// - Throws: when the file is there and is not to be replaced, or cannot be written.
  public func write(
    to url: URL, of loaded: LoadedSection, replacing: Bool
  ) throws {
    guard url.pathExtension.lowercased() == "h5ad" else {
      return try asPrediction.writeTable(
        to: url, spots: loaded.section.spots, replacing: replacing)
    }
    let scored = LoadedSection(
      section: section(scoredIn: loaded), panel: nil, normalization: .raw)
    var conversion = Conversion(scored, normalization: .raw)
    if let image = loaded.section.image {
      let workbench = Workbench()
      conversion.export.picture = try workbench.picture(of: image, side: Conversion.pictureSide)
    }
    try conversion.write(as: .h5ad, to: url, replacing: replacing)
  }
}

extension Workbench {
  /// Scores gene sets at every spot, of the observed expression or of a prediction.
  public func geneSetScores(
    of section: LoadedSection, predictedBy prediction: Prediction? = nil, in sets: GeneSets,
    weight: Double = SingleSampleScores.usualWeight,
    _ normalization: SingleSampleScores.Normalization = .range
  ) throws(WorkbenchError) -> GeneSetScores {
    GeneSetScores(
      of: try expression(of: section, predictedBy: prediction), in: sets, weight: weight,
      normalization)
  }
}
