import Drawing
import Evaluation
import Sections
import Workbench

/// Moving about in the tables of scores and of genes.
extension ViewerState {
  /// Shows a table, or the panels again.
  mutating func toggle(_ table: Screen) {
    display = display == table ? .compare : table
    isSearching = false
    if display == .scores { scoreRow = sectionIndex }
    if display == .genes {
      // The column that the list is ordered by.
      geneColumn = geneColumns.firstIndex { ranking(by: $0) == genes.ranking } ?? 0
    }
  }

  /// The rows that one page of genes has.
  var listedRows: Int { display == .genes ? max(1, geneTable.body.rows) : geneRows }

  /// Keys that move about in a table; nil for those that mean what they mean everywhere.
  mutating func takeInTable(
    _ key: Key, _ modifiers: InputEvent.Modifiers
  ) -> [ViewerEffect]? {
    guard modifiers.isEmpty else { return nil }
    return switch display {
    case .scores: takeInScores(key)
    case .copyNumber: takeInCopyNumber(key)
    case .genes, .compare: takeInGenes(key)
    }
  }

  // MARK: Scores

  /// The method whose column is chosen, which is the one compared.
  var scoredMethod: String? {
    let name = comparedMethod?.method.name
    return scoredMethods.first { $0 == name } ?? scoredMethods.first
  }

  /// The section of the chosen row; nil for the means.
  var scoredSection: Int? { references.indices.contains(scoreRow) ? scoreRow : nil }

  private mutating func takeInScores(_ key: Key) -> [ViewerEffect]? {
    let page = max(1, scoreTable.rows.rows - 1)
    switch key {
    case .down, .character("j"): moveScoreRow(by: 1)
    case .up, .character("k"): moveScoreRow(by: -1)
    case .pageDown: moveScoreRow(by: page)
    case .pageUp: moveScoreRow(by: -page)
    case .home, .character("g"): scoreRow = 0
    case .end, .character("G"): scoreRow = references.count
    case .right: moveScoreColumn(by: 1)
    case .left: moveScoreColumn(by: -1)
    case .enter: return openScored()
    default: return nil
    }
    message = nil
    return []
  }

  mutating func moveScoreRow(by steps: Int) {
    scoreRow = min(max(scoreRow + steps, 0), references.count)
  }

  private mutating func moveScoreColumn(by steps: Int) {
    let names = scoredMethods
    guard let name = scoredMethod, let place = names.firstIndex(of: name) else { return }
    compare(names[min(max(place + steps, 0), names.count - 1)])
  }

  /// Opens the section of the chosen row among the panels.
  mutating func openScored() -> [ViewerEffect] {
    guard let section = scoredSection else {
      message = Message(text: "open: these are means; choose a section's row", kind: .warning)
      return []
    }
    display = .compare
    return open(section: section)
  }

  /// The chosen method's mean score on each section that has one.
  var sectionMeans: [(section: Int, mean: Double)] {
    guard let name = scoredMethod, let evaluation = evaluations[name] else { return [] }
    return references.indices.compactMap { index in
      evaluation.summary(ofSection: index)?.correlation.mean.map { (index, $0) }
    }
  }

  /// Chooses the row of the first section in an order of means.
  mutating func chooseSection(_ isBefore: (Double, Double) -> Bool) {
    guard let found = sectionMeans.min(by: { isBefore($0.mean, $1.mean) }) else { return }
    scoreRow = found.section
  }

  /// Genes with a score: on the section chosen in the table, elsewhere on the one on display.
  var genesByScore: [(gene: String, score: Double)] {
    if display == .scores, let name = scoredMethod {
      let key = EvaluationKey(section: scoredSection ?? sectionIndex, method: name)
      guard let scores = evaluation(of: key)?.scores, let columns = scores.method(name) else {
        return []
      }
      return zip(scores.genes, columns.values(.pearson)).filter { $0.1.isFinite }
        .map { ($0, $1) }
    }
    guard let pearson = comparedMethod?.scores?.pearson else { return [] }
    return zip(genes.names, pearson).filter { $0.1.isFinite }.map { ($0, Double($1)) }
  }

  /// Shows the first gene in an order of scores among the panels.
  mutating func showGene(_ isBefore: (Double, Double) -> Bool) -> [ViewerEffect] {
    guard let found = genesByScore.min(by: { isBefore($0.score, $1.score) }) else { return [] }
    let section = display == .scores ? scoredSection ?? sectionIndex : sectionIndex
    display = .compare
    defaultGene = nil
    if section == sectionIndex, loaded != nil {
      genes.selected = genes.names.firstIndex(of: found.gene) ?? genes.selected
      return []
    }
    let effects = open(section: section)
    wantedGene = found.gene
    return effects
  }

  // MARK: Genes

  private mutating func takeInGenes(_ key: Key) -> [ViewerEffect]? {
    switch key {
    case .right: geneColumn = min(geneColumn + 1, geneColumns.count - 1)
    case .left: geneColumn = max(geneColumn - 1, 0)
    case .enter: display = .compare
    default: return nil
    }
    message = nil
    return []
  }

  /// Orders the genes by the chosen column, its best values first; by the same column once more, the
  /// other way round.
  mutating func rankByColumn() -> [ViewerEffect] {
    let column = geneColumns[min(geneColumn, geneColumns.count - 1)]
    guard let ranking = ranking(by: column) else { return [] }
    if genes.ranking == ranking {
      genes.isReversed.toggle()
    } else {
      genes.isReversed = !column.isBetterHigher
    }
    return rank(by: ranking)
  }

  /// The columns of the table of genes.
  var geneColumns: [GeneColumn] {
    methods.isEmpty ? GeneColumn.observed : GeneColumn.observed + GeneColumn.ofMethods
  }

  /// What a column is ranked by; nil for one of methods where there is none.
  func ranking(by column: GeneColumn) -> GeneRanking? {
    let name = comparedMethod?.method.name
    switch column {
    case .name: return .name
    case .mean: return .mean
    case .variance: return .variance
    case .moransI: return .moransI
    case .attainable: return .attainable
    case .share: return name.map(GeneRanking.share)
    case .measure(.pearson): return name.map(GeneRanking.pearson)
    case .measure(.pearsonMinusLog10P): return name.map(GeneRanking.significance)
    case .measure(let measure): return name.map { .measure(measure, $0) }
    }
  }
}
