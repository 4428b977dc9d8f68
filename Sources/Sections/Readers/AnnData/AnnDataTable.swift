import Foundation
import HDF5

/// A table of a file: `obs`, `var`, `raw/var`, or one in `obsm`.
///
/// Since anndata 0.7 a group with a dataset or group for each column, `_index` naming the one with
/// the rows' names; before, a dataset of rows, whose categories are in `uns/<column>_categories`.
struct AnnDataTable {
  /// Where it is in the file.
  let path: String
  /// The columns but the names, in their order.
  let columns: [String]
  /// The number of rows.
  let rowCount: Int

  private let storage: Storage
  private let indexName: String
  private let file: HDF5File

  private enum Storage {
    case columns(HDF5Group)
    case rows(HDF5Dataset)
  }

  /// Looks at a table; reads no column.
  init(_ path: String, in file: HDF5File) throws(SectionError) {
    self.path = path
    self.file = file
    let root = file.root
    switch root.kind(of: path) {
    case .group:
      let group = try inHDF5 { () throws(HDF5Error) in try root.group(path) }
      storage = .columns(group)
      let (index, names) = try inHDF5 { () throws(HDF5Error) in
        let members = try group.members
        return (
          try group.attributes.string("_index") ?? Self.guessedIndex(among: members),
          try Self.columnOrder(of: group) ?? members
        )
      }
      indexName = index
      columns = names.filter { $0 != index && $0 != categoriesGroup }
      rowCount = try inHDF5 { () throws(HDF5Error) in
        let isMasked = group.kind(of: index) == .group
        return try group.dataset(isMasked ? "\(index)/values" : index).rowCount
      }
    case .dataset:
      let rows = try inHDF5 { () throws(HDF5Error) in try root.dataset(path) }
      guard case .compound(let fields) = rows.type, let first = fields.first,
        rows.shape.count == 1
      else {
        throw SectionError(file: file.url, problem: "'\(path)' is no table. Write the file again.")
      }
      let index = fields.first { ["index", "_index"].contains($0.name) } ?? first
      storage = .rows(rows)
      indexName = index.name
      columns = fields.map(\.name).filter { $0 != index.name }
      rowCount = rows.rowCount
    default:
      throw SectionError(
        file: file.url,
        problem: "has no table '\(path)', which every AnnData file has. Check that it is one.")
    }
  }

  /// The rows' names.
  func names() throws(SectionError) -> [String] {
    guard let column = try column(indexName) else {
      throw damaged(indexName, "holds no names")
    }
    return column.texts.map { $0 ?? "" }
  }

  /// A column; nil where there is none, or it is something Eosin does not know.
  func column(_ name: String) throws(SectionError) -> AnnDataColumn? {
    let column = try inHDF5 { () throws(HDF5Error) in
      switch storage {
      case .columns(let group): try Self.column(name, of: group)
      case .rows(let rows): try field(name, of: rows)
      }
    }
    guard let column else { return nil }
    return try checked(column, name)
  }

  /// What a column holds, to go by its type alone.
  func kind(of name: String) throws(SectionError) -> AnnDataColumnKind {
    try inHDF5 { () throws(HDF5Error) in
      switch storage {
      case .rows(let rows):
        let field = try rows.field(name)
        if field.shape.count == 1, file.root.kind(of: "uns/\(name)_categories") == .dataset {
          return .labels
        }
        return AnnDataColumnKind(field)
      case .columns(let group):
        switch group.kind(of: name) {
        case .dataset:
          let isCoded = group.kind(of: "\(categoriesGroup)/\(name)") == .dataset
          return isCoded ? .labels : try AnnDataColumnKind(group.dataset(name))
        case .group:
          if group.kind(of: "\(name)/codes") == .dataset { return .labels }
          guard group.kind(of: "\(name)/values") == .dataset,
            group.kind(of: "\(name)/mask") == .dataset
          else { return .unknown }
          return try AnnDataColumnKind(group.dataset("\(name)/values"))
        default: return .unknown
        }
      }
    }
  }

  private func checked(
    _ column: AnnDataColumn, _ name: String
  ) throws(SectionError) -> AnnDataColumn {
    let count: Int
    switch column {
    case .categories(let names, let codes):
      count = codes.count
      if let code = codes.first(where: { $0.map { $0 >= names.count } ?? false }) {
        throw damaged(name, "names category \(code ?? 0), and there are \(names.count)")
      }
    case .booleans(let values): count = values.count
    case .numbers(let values): count = values.count
    case .texts(let values): count = values.count
    }
    guard count == rowCount else {
      throw damaged(name, "has \(counted(count, "row")), and the table \(grouped(rowCount))")
    }
    return column
  }

  private func damaged(_ column: String, _ what: String) -> SectionError {
    SectionError(
      file: file.url, problem: "'\(path)/\(column)' \(what). Write the file again.")
  }
}

// MARK: - Columns in a group

/// Where anndata 0.7 keeps the categories of a table's columns.
private let categoriesGroup = "__categories"

extension AnnDataTable {
  /// The attribute's names; nil where there are none, which pandas keeps as numbers.
  private static func columnOrder(of group: HDF5Group) throws(HDF5Error) -> [String]? {
    guard case .string = group.attributes.type(of: "column-order") else { return nil }
    return try group.attributes.strings("column-order")
  }

  private static func guessedIndex(among members: [String]) -> String {
    ["_index", "index", "barcodes", "features"].first(where: members.contains) ?? "_index"
  }

  /// A column of a group; nil where there is none, or nothing Eosin knows.
  static func column(
    _ name: String, of group: HDF5Group
  ) throws(HDF5Error) -> AnnDataColumn? {
    switch group.kind(of: name) {
    case .dataset:
      let dataset = try group.dataset(name)
      let categories = "\(categoriesGroup)/\(name)"
      if group.kind(of: categories) == .dataset, dataset.type.isNumber {
        let names = try values(of: group.dataset(categories))?.texts ?? []
        return .categories(names.map { $0 ?? "" }, try codes(dataset))
      }
      return try values(of: dataset)
    case .group:
      let parts = try group.group(name)
      if parts.kind(of: "codes") == .dataset {
        guard let names = try column("categories", of: parts)?.texts else { return nil }
        return .categories(names.map { $0 ?? "" }, try codes(parts.dataset("codes")))
      }
      guard parts.kind(of: "values") == .dataset, parts.kind(of: "mask") == .dataset else {
        return nil
      }
      return try masked(
        values(of: parts.dataset("values")), by: parts.dataset("mask").readBooleans())
    default: return nil
    }
  }

  /// Codes below zero are of rows without a category.
  private static func codes(_ dataset: HDF5Dataset) throws(HDF5Error) -> [Int?] {
    try dataset.read(Int.self).map { $0 < 0 ? nil : $0 }
  }

  /// The values of a dataset with one side; nil where Eosin knows nothing of the kind.
  private static func values(of dataset: HDF5Dataset) throws(HDF5Error) -> AnnDataColumn? {
    guard dataset.shape.count == 1 else { return nil }
    switch dataset.type {
    case .string: return .texts(try dataset.readStrings())
    case .boolean: return .booleans(try dataset.readBooleans())
    case .integer, .float: return .numbers(try dataset.read(Double.self))
    default: return nil
    }
  }

  private static func masked(_ column: AnnDataColumn?, by mask: [Bool]) -> AnnDataColumn? {
    func hide<Value>(_ values: [Value?]) -> [Value?] {
      values.enumerated().map { $0 < mask.count && mask[$0] ? nil : $1 }
    }
    switch column {
    case .texts(let values): return .texts(hide(values))
    case .booleans(let values): return .booleans(hide(values))
    case .numbers(let values): return .numbers(hide(values).map { $0 ?? .nan })
    case let other: return other
    }
  }

  // MARK: Fields of rows

  private func field(_ name: String, of rows: HDF5Dataset) throws(HDF5Error) -> AnnDataColumn? {
    guard case .compound(let fields) = rows.type, fields.contains(where: { $0.name == name }) else {
      return nil
    }
    let field = try rows.field(name)
    let categories = "uns/\(name)_categories"
    if file.root.kind(of: categories) == .dataset, case .integer = field.type,
      field.shape.count == 1,
      case .texts(let names)? = try Self.values(of: file.root.dataset(categories))
    {
      return .categories(names.map { $0 ?? "" }, try Self.codes(field))
    }
    return try Self.values(of: field)
  }
}
