import Foundation

/// The columns of `obs` that tell several sections in one file apart, the likeliest first.
private let partColumns = ["library_id", "sample", "sample_id"]

/// Several sections in one file: which rows are whose.
struct AnnDataParts {
  /// The column that tells.
  let column: String
  /// The sections' names, sorted.
  let names: [String]
  /// For each row the name of its section; nil where the column says nothing.
  let partOfRow: [String?]

  /// Finds the column; nil where the file holds one section.
  ///
  /// Where `uns/spatial` has several libraries, it is the first that names them all. Else it is the
  /// first of `library_id`, `sample` and `sample_id` with two values or more.
  init?(_ obs: AnnDataTable, libraries: [String]) throws(SectionError) {
    let likely = partColumns.filter(obs.columns.contains)
    let others = libraries.count > 1 ? obs.columns.filter { !likely.contains($0) } : []
    for column in likely + others {
      let kind = try obs.kind(of: column)
      guard kind == .labels || (kind == .numbers && likely.contains(column)),
        let values = try obs.column(column)?.texts
      else { continue }
      let names = Set(values.compactMap(\.self))
      guard names.count > 1, names.count <= 10_000,
        libraries.count < 2 || names.isSuperset(of: libraries) || names.isSubset(of: libraries)
      else { continue }
      self.column = column
      self.names = names.sorted()
      partOfRow = values
      return
    }
    return nil
  }
}
