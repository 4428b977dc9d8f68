import Foundation

/// The genes of a section in the order of a ranking, narrowed by a search or to the starred.
public struct GeneList: Sendable {
  /// All genes of the section, in the file's order.
  public let names: [String]
  /// What `arrange(by:)` orders the genes by.
  public var ranking = GeneRanking.variance
  /// Whether the list runs from low to high, and names from Z to A.
  public var isReversed = false
  /// The text looked for in names, in capitals or not; empty finds all genes.
  public var query = ""
  /// The genes the user marked, by name, so that stars carry over to other sections.
  public var starred: Set<String> = []
  /// Whether genes without a star are left out.
  public var showsOnlyStarred = false
  /// Whether each gene may be listed at all, such as those that are predicted; nil for all.
  public var allowed: [Bool]?
  /// Indices of the genes shown, in order.
  public private(set) var shown: [Int] = []
  /// The gene on display; stays chosen even when the search hides it.
  public var selected: Int?
  private let uppercased: [[UInt8]]

  /// Shows all genes in the file's order and selects the first.
  public init(names: [String]) {
    self.names = names
    uppercased = names.map { Array($0.uppercased().utf8) }
    shown = Array(names.indices)
    selected = names.isEmpty ? nil : 0
  }

  /// The name of the gene on display.
  public var selectedName: String? { selected.map { names[$0] } }

  /// The place of the gene on display among those shown.
  public var selectedPlace: Int? { selected.flatMap { shown.firstIndex(of: $0) } }

  /// Orders and narrows the list anew.
  ///
  /// - Parameter values: the ranked value of every gene, highest first; nil while it is being
  ///   computed, which leaves the file's order, and for the ranking by name.
  public mutating func arrange(by values: [Float]?) {
    var genes = Array(names.indices)
    if let allowed { genes = genes.filter { allowed[$0] } }
    if showsOnlyStarred { genes = genes.filter { starred.contains(names[$0]) } }
    let pattern = Array(query.uppercased().utf8)
    if !pattern.isEmpty { genes = genes.filter { contains(pattern, gene: $0) } }
    if ranking == .name {
      genes.sort { names[$0].precedes(names[$1]) }
      if isReversed { genes.reverse() }
    } else if let values {
      // Genes without a value come last, whichever way the list runs.
      var ranked = genes.filter { !values[$0].isNaN }.sorted { values[$0] > values[$1] }
      if isReversed { ranked.reverse() }
      genes = ranked + genes.filter { values[$0].isNaN }
    }
    if !pattern.isEmpty {
      // What begins with the query is meant more often than what merely contains it.
      let exact = genes.filter { uppercased[$0] == pattern }
      let beginning = genes.filter {
        uppercased[$0].starts(with: pattern) && uppercased[$0] != pattern
      }
      let within = genes.filter { !uppercased[$0].starts(with: pattern) }
      genes = exact + beginning + within
    }
    shown = genes
  }

  /// Moves the choice along the list and stops at its ends; from a hidden gene to the first shown.
  public mutating func move(by steps: Int) {
    guard !shown.isEmpty else { return }
    guard let place = selectedPlace else {
      selected = shown[0]
      return
    }
    selected = shown[min(max(place + steps, 0), shown.count - 1)]
  }

  private func contains(_ pattern: [UInt8], gene: Int) -> Bool {
    let name = uppercased[gene]
    guard name.count >= pattern.count else { return false }
    return (0...name.count - pattern.count).contains { start in
      pattern.indices.allSatisfy { name[start + $0] == pattern[$0] }
    }
  }
}

extension String {
  /// Alphabetical order without regard to case.
  fileprivate func precedes(_ other: String) -> Bool {
    let order = caseInsensitiveCompare(other)
    return order == .orderedSame ? self < other : order == .orderedAscending
  }
}
