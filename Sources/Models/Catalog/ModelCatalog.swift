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
  let wanted = name.lowercased()
  if let entry = modelCatalog.first(where: { $0.name == wanted || $0.aliases.contains(wanted) }) {
    return entry
  }
  let names = modelCatalog.map(\.name)
  let hint = nearest(to: wanted, among: names).map { " Did you mean '\($0)'?" } ?? ""
  throw ModelError(
    "There is no model \(quoted(name)).\(hint) There are \(names.joined(separator: ", ")).")
}
