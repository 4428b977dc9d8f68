import Sections

/// The models there are, in the order in which they are listed.
public let modelCatalog: [ModelEntry] = [
  THItoGene.entry, HisToGene.entry, Hist2ST.entry, STNet.entry, HiST.entry, HESpotEx.entry,
  Ridge.entry,
]

/// The entry of a name or alias, in capitals or not.
///
/// - Throws: ``ModelError`` with the names there are, and the nearest one.
public func modelEntry(named name: String) throws(ModelError) -> ModelEntry {
  try row(named: name, of: modelCatalog, what: "model")
}

/// What a catalog lists by name.
protocol CatalogRow {
  var name: String { get }
  /// Other names, in small letters.
  var aliases: [String] { get }
}

extension ModelEntry: CatalogRow {}

/// The row of a name or alias, in capitals or not.
func row<Row: CatalogRow>(
  named name: String, of rows: [Row], what: String
) throws(ModelError) -> Row {
  let wanted = name.lowercased()
  if let row = rows.first(where: { $0.name == wanted || $0.aliases.contains(wanted) }) {
    return row
  }
  let names = rows.map(\.name)
  let hint = nearest(to: wanted, among: names).map { " Did you mean '\($0)'?" } ?? ""
  throw ModelError(
    "There is no \(what) \(quoted(name)).\(hint) There are \(names.joined(separator: ", ")).")
}
