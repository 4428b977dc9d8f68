import Evaluation
import Foundation
import Sections

/// How gene sets are tested; enough to do it again.
public struct EnrichmentSettings: Sendable, Hashable {
  /// What ranks the genes.
  public var ranking = GeneRankingBasis.mean
  /// How many of the highest are tested, at most a half of all; 1 or more.
  public var top = 50
  /// Sets with fewer genes in the universe are not tested.
  public var leastGenes = 3

  /// The 50 genes with the highest mean.
  public init() {}
}

/// Gene sets tested among the highest genes of a ranking.
public struct EnrichmentResult: Sendable, Encodable {
  /// One set.
  public struct Row: Sendable, Hashable, Encodable {
    /// The set's name.
    public let set: String
    /// What its file says of it.
    public let description: String
    /// Its genes in the universe.
    public let size: Int
    /// Those among the chosen ones, in the order of the ranking.
    public let genes: [String]
    /// How many a draw would hold on average.
    public let expected: Double
    /// How many times as many there are.
    public let foldEnrichment: Double?
    /// The chance of so many in a draw; nil where the set was not tested.
    public let p: Double?
    /// The same adjusted over all sets tested.
    public let adjustedP: Double?
    /// `−log₁₀` of the adjusted one.
    public let minusLog10AdjustedP: Double?
  }

  /// The section's name.
  public let section: String
  /// `observed`, or the method whose prediction was ranked.
  public let source: String
  /// The file's name of the sets.
  public let geneSets: String
  /// What the genes were ranked by, in words.
  public let ranking: String
  /// The chosen genes, highest first.
  public let chosen: [RankedGene]
  /// Genes that could have been chosen: all that have a value.
  public let universe: Int
  /// The most significant set first, those that were not tested last.
  public let rows: [Row]

  /// Tests sets among genes already ranked.
  init(
    _ ranked: [RankedGene], in sets: GeneSets, _ settings: EnrichmentSettings, section: String,
    source: String, ranking: String
  ) {
    let top = max(1, min(settings.top, ranked.count / 2))
    let chosen = Array(ranked.prefix(top))
    let place = Dictionary(uniqueKeysWithValues: zip(ranked.map(\.gene), ranked.indices))
    let test = OverRepresentation(
      of: Array(chosen.indices), among: ranked.count,
      sets: sets.sets.map { $0.genes.compactMap { place[$0] } }, leastGenes: settings.leastGenes)
    self.section = section
    self.source = source
    self.ranking = ranking
    self.chosen = chosen
    geneSets = sets.name
    universe = ranked.count
    let tested = zip(sets.sets, test.rows).map { set, row in
      Row(
        set: set.name, description: set.description, size: row.size,
        genes: row.overlap.map { ranked[$0].gene }, expected: row.expected,
        foldEnrichment: row.foldEnrichment.number, p: row.p.number,
        adjustedP: row.adjustedP.number, minusLog10AdjustedP: row.minusLog10AdjustedP.number)
    }
    rows = tested.sorted { first, second in
      let (a, b) = (first.minusLog10AdjustedP ?? -1, second.minusLog10AdjustedP ?? -1)
      return (b, second.foldEnrichment ?? -1, first.set) < (
        a, first.foldEnrichment ?? -1, second.set
      )
    }
  }

  /// What was tested, in a sentence.
  public var summary: String {
    "\(section): the \(chosen.count.grouped) highest of \(universe.grouped) genes ranked by their "
      + "\(ranking); \(rows.count { $0.p != nil }.grouped) of \(rows.count.grouped) sets of "
      + "\(geneSets) tested"
  }

  /// The sets as an aligned table under the summary.
  ///
  /// - Parameter most: how many sets to show.
  public func text(most: Int = 20) -> String {
    var table = TextTable(["set", "overlap", "expected", "fold", "p", "adjusted p"], words: 1)
    for row in rows.prefix(most) {
      table.add([
        row.set, "\(row.genes.count)/\(row.size)", Optional(row.expected).text(1),
        row.foldEnrichment.text(2), row.p.scientific, row.adjustedP.scientific,
      ])
    }
    let left = rows.count - most
    return ([summary] + table.lines + (left > 0 ? ["… and \(left.grouped) more sets"] : []))
      .joined(separator: "\n")
  }

  /// The sets as a table for files, with tabs between.
  public var table: String {
    let heading = [
      "set", "description", "genes_in_universe", "overlap", "expected", "fold_enrichment", "p",
      "adjusted_p", "genes",
    ]
    let lines = rows.map { row -> String in
      let numbers = [row.expected, row.foldEnrichment, row.p, row.adjustedP].map {
        $0.map { "\($0)" } ?? ""
      }
      let cells =
        [row.set, row.description, "\(row.size)", "\(row.genes.count)"] + numbers
        + [row.genes.joined(separator: ",")]
      return cells.map(\.withoutTabs).joined(separator: "\t")
    }
    return ([heading.joined(separator: "\t")] + lines).joined(separator: "\n") + "\n"
  }
}

extension Workbench {
  /// Tests gene sets among the highest genes of a ranking.
  ///
  /// - Parameters:
  ///   - prediction: whose expression is ranked; nil for the observed one.
  ///   - groups: what a ranking by difference compares.
  /// - Throws: when there is nothing to rank by, or fewer than two genes have a value.
  public func enrichment(
    of section: LoadedSection, predictedBy prediction: Prediction? = nil, in sets: GeneSets,
    _ settings: EnrichmentSettings, groups: Annotation? = nil
  ) throws(WorkbenchError) -> EnrichmentResult {
    let expression = try self.expression(of: section, predictedBy: prediction)
    let ranked = try rankedGenes(
      of: section, expression, predictedBy: prediction, by: settings.ranking, groups: groups)
    guard ranked.count > 1 else {
      throw WorkbenchError(
        "Section \(section.section.name) has \(ranked.count) genes that can be ranked, too few to "
          + "test gene sets.")
    }
    return EnrichmentResult(
      ranked, in: sets, settings, section: section.section.name, source: expression.source,
      ranking: settings.ranking.words(source: expression.source))
  }

  /// What was observed, or what a method predicts.
  func expression(
    of section: LoadedSection, predictedBy prediction: Prediction?
  ) throws(WorkbenchError) -> NamedExpression {
    guard let prediction else {
      return NamedExpression(observedIn: section, section.normalization)
    }
    return try NamedExpression(prediction, on: section)
  }
}

extension Double {
  /// The number, nil for none: JSON knows neither NaN nor infinity.
  var number: Double? { isFinite ? self : nil }
}

extension Double? {
  /// `0.034` or `1.2e-09`; a dash for no number. A 0 is a chance too small for a number.
  var scientific: String {
    guard let value = self, value.isFinite else { return "–" }
    if value == 0 { return "<1e-300" }
    return value >= 0.001
      ? String(format: "%.3f", value) : String(format: "%.1e", value)
  }
}

extension String {
  /// A cell of a table with tabs between.
  var withoutTabs: String {
    String(map { $0 == "\t" || $0.isNewline ? " " : $0 })
  }
}
