import Foundation

/// The layers whose name says that they hold counts, the likeliest first.
private let countLayers = ["counts", "raw_counts"]

/// The counts of a file, wherever they are.
struct AnnDataCounts {
  /// `[spots, genes]`, by gene.
  let matrix: SparseMatrix
  let genes: AnnDataGenes
  /// Where they were found, such as `X`.
  let path: String
  /// Whether they are counts, and not values made of them.
  let areCounts: Bool
  /// Where their entries can be found again, and what these were like.
  let origin: MatrixOrigin?
  let facts: EntryFacts
  let notes: [String]
}

extension AnnDataFile {
  /// A matrix that may hold counts, and the table of its genes.
  private typealias Candidate = (matrix: AnnDataMatrix, genes: AnnDataTable)

  /// Finds and reads the counts, of some of the spots or of all.
  ///
  /// Taken is the first of these whose values are whole numbers, none below zero: the layers
  /// `counts` and `raw_counts`, `X`, `raw/X`. Where none is, `X` is taken as it is, and a note says
  /// that it holds no counts. Of large matrices the first values decide which one is read; one that
  /// turns out otherwise is given up for the next.
  func counts(spots kept: [Int]?) throws(SectionError) -> AnnDataCounts {
    let (candidates, x) = try candidates()
    var values: (Candidate, SparseMatrix, EntryFacts)?
    for candidate in candidates where try candidate.matrix.looksLikeCounts() {
      let (matrix, facts) = try candidate.matrix.read(spots: kept)
      if facts.areCounts { return try counts(matrix, candidate, facts, insteadOf: x) }
      if candidate.matrix.path == "X" { values = (candidate, matrix, facts) }
    }
    if let (candidate, matrix, facts) = values {
      return try counts(matrix, candidate, facts, insteadOf: x)
    }
    guard let last = x ?? candidates.first else {
      throw SectionError(
        file: url,
        problem: "holds no matrix: there is no X, raw/X or layer of counts. Write the file with "
          + "its counts.")
    }
    let (matrix, facts) = try last.matrix.read(spots: kept)
    return try counts(matrix, last, facts, insteadOf: x)
  }

  /// The matrix that is most likely the counts, by a look at its first values, and its genes.
  func likelyCounts() throws(SectionError) -> (matrix: AnnDataMatrix, genes: AnnDataTable)? {
    for candidate in try candidates().all where try candidate.matrix.looksLikeCounts() {
      return candidate
    }
    return nil
  }

  /// All that may hold counts, the likeliest first, and `X` among them.
  private func candidates() throws(SectionError) -> (all: [Candidate], x: Candidate?) {
    let x = try matrix("X", genes: vars).map { Candidate($0, vars) }
    return (try namedCounts() + [x, try raw()].compactMap(\.self), x)
  }

  private func namedCounts() throws(SectionError) -> [Candidate] {
    let layers = members(of: "layers")
    var found: [Candidate] = []
    for name in countLayers where layers.contains(name) {
      if let matrix = try matrix("layers/\(name)", genes: vars) { found.append((matrix, vars)) }
    }
    return found
  }

  /// The matrix before genes were chosen, with a table of its own.
  private func raw() throws(SectionError) -> Candidate? {
    for (matrixPath, genesPath) in [("raw/X", "raw/var"), ("raw.X", "raw.var")]
    where file.root.kind(of: matrixPath) != nil {
      let genes = try AnnDataTable(genesPath, in: file)
      if let matrix = try matrix(matrixPath, genes: genes) { return (matrix, genes) }
    }
    return nil
  }

  private func counts(
    _ matrix: SparseMatrix, _ candidate: Candidate, _ facts: EntryFacts, insteadOf x: Candidate?
  ) throws(SectionError) -> AnnDataCounts {
    let genes = try AnnDataGenes(candidate.genes, of: url)
    let path = candidate.matrix.path
    var notes: [String] = []
    if path != "X", facts.areCounts {
      let others = genes.names.count == vars.rowCount ? "" : " of its own"
      notes.append(
        "Counts are those of \(quoted(path)), \(counted(genes.names.count, "gene"))\(others)"
          + "\(x == nil ? "." : ", not of 'X'.")")
    }
    if !facts.areCounts {
      let negative = facts.negative > 0 ? ", \(grouped(facts.negative)) of them below zero" : ""
      notes.append(
        "\(quoted(path)) holds no counts but other values\(negative); they are shown as they are, "
          + "under the normalization raw. Put counts in layers['counts'] to have them.")
    }
    if facts.notNumbers > 0 {
      notes.append(
        "\(counted(facts.notNumbers, "value")) of \(quoted(path)) no number, such as NaN; taken as no "
          + "count.")
    }
    if facts.repeated > 0 {
      notes.append("\(counted(facts.repeated, "repeated entry", "repeated entries")) added up.")
    }
    return AnnDataCounts(
      matrix: matrix, genes: genes, path: path, areCounts: facts.areCounts,
      origin: candidate.matrix.origin, facts: facts, notes: notes + genes.notes)
  }

  /// Whether a layer's name says that it holds counts.
  static func isNamedCounts(_ layer: String) -> Bool { countLayers.contains(layer) }
}

private func counted(_ count: Int, _ singular: String, _ plural: String) -> String {
  "\(grouped(count)) \(count == 1 ? singular : plural)"
}
