import Foundation

/// The columns of `obs` that say whose tissue it is.
private let patientColumns = [
  "patient", "patient_id", "donor", "donor_id", "individual", "subject", "subject_id",
]

/// The most categories a column may have to be shown; with more it names spots rather than kinds.
private let mostCategories = 100

extension AnnDataFile {
  func parts() throws(SectionError) -> AnnDataParts? {
    try AnnDataParts(obs, libraries: AnnDataImages.libraries(in: file))
  }

  /// Whose tissue each row is; nil where no column says.
  func patientOfRow() throws(SectionError) -> [String?]? {
    guard let column = patientColumns.first(where: obs.columns.contains) else { return nil }
    return try obs.column(column)?.texts
  }

  /// Whose tissue all rows are; nil where nobody says, or they differ.
  func patient(ofRows rows: [Int]?) throws(SectionError) -> String? {
    if let written = text("uns/eosin/patient") { return written }
    guard let patients = try patientOfRow() else { return nil }
    let all = Set(rows.map { $0.map { patients[$0] } } ?? patients)
    return all.count == 1 ? all.first ?? nil : nil
  }

  /// The columns of categories, and a note of those left out.
  ///
  /// - Parameter partColumn: the one that tells sections apart, where the file holds several; of the
  ///   others' categories those of other sections are then left out.
  func annotations(
    _ rows: [Int], besides partColumn: String?
  ) throws(SectionError) -> ([Annotation], [String]) {
    var annotations: [Annotation] = []
    var crowded: [String] = []
    for name in obs.columns where name != partColumn {
      guard try obs.kind(of: name) == .labels, let column = try obs.column(name) else { continue }
      var annotation: Annotation
      if case .categories(let categories, let codes) = column {
        annotation = Annotation(
          name: name, categories: categories, categoryOfSpot: rows.map { codes[$0] })
        if partColumn != nil { annotation.dropUnused() }
      } else {
        let texts = column.texts
        annotation = Annotation(name: name, labels: rows.map { texts[$0] })
      }
      if annotation.categories.count > mostCategories {
        crowded.append(name)
      } else if !annotation.categories.isEmpty {
        annotations.append(annotation)
      }
    }
    guard !crowded.isEmpty else { return (annotations, []) }
    let note =
      "\(counted(crowded.count, "column")) of obs left out, with more than \(mostCategories) "
      + "categories: \(listed(crowded))."
    return (annotations, [note])
  }

  /// Names what of the file Eosin knows nothing of; nil where there is nothing.
  func unknownElements() -> String? {
    let known: Set = [
      "X", "layers", "raw", "raw.X", "raw.var", "raw.varm", "raw.cat", "obs", "var", "obsm", "varm",
      "obsp", "varp", "uns",
    ]
    var unknown = ((try? file.root.members) ?? []).filter { !known.contains($0) }
    unknown += obs.columns.filter { ((try? obs.kind(of: $0)) ?? .unknown) == .unknown }
      .map { "obs/\($0)" }
    guard !unknown.isEmpty else { return nil }
    return "\(counted(unknown.count, "element")) left out, which Eosin does not know: "
      + "\(listed(unknown))."
  }
}

extension Annotation {
  /// Drops categories that no spot has; the others keep their order.
  fileprivate mutating func dropUnused() {
    let used = Set(categoryOfSpot.compactMap(\.self))
    let kept = categories.indices.filter(used.contains)
    let place = Dictionary(uniqueKeysWithValues: zip(kept, kept.indices))
    categories = kept.map { categories[$0] }
    categoryOfSpot = categoryOfSpot.map { $0.flatMap { place[$0] } }
  }
}
