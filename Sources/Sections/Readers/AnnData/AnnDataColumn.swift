import HDF5

/// A column of a table, as far as sections need it; missing values are nil, or NaN among numbers.
enum AnnDataColumn {
  /// Categories by name, and for each row the index of its category.
  case categories([String], [Int?])
  case booleans([Bool?])
  case numbers([Double])
  case texts([String?])

  /// Each row's value as text; nil where it is missing.
  var texts: [String?] {
    switch self {
    case .categories(let names, let codes): codes.map { $0.map { names[$0] } }
    case .booleans(let values): values.map { $0.map { $0 ? "True" : "False" } }
    case .numbers(let values): values.map { $0.isNaN ? nil : plain($0) }
    case .texts(let values): values
    }
  }

  /// Each row's number, NaN where it has none; nil where the column holds no numbers.
  var numbers: [Double]? {
    switch self {
    case .numbers(let values): values
    case .booleans(let values): values.map { $0.map { $0 ? 1 : 0 } ?? .nan }
    case .categories, .texts: nil
    }
  }

  /// Each row's yes or no, where the column says something of the kind: booleans, 0 and 1, or text
  /// such as `True`. Nothing is yes where nothing is said.
  var booleans: [Bool]? {
    switch self {
    case .booleans(let values): return values.map { $0 ?? false }
    case .numbers(let values):
      guard values.allSatisfy({ $0 == 0 || $0 == 1 || $0.isNaN }) else { return nil }
      return values.map { $0 == 1 }
    case .categories, .texts:
      let words = texts.map { $0?.lowercased() }
      guard words.allSatisfy({ $0 == nil || ["true", "false", "1", "0"].contains($0) }) else {
        return nil
      }
      return words.map { $0 == "true" || $0 == "1" }
    }
  }
}

/// What a column holds, before it is read.
enum AnnDataColumnKind {
  /// Categories or text.
  case labels
  /// Numbers or booleans.
  case numbers
  /// Nothing that Eosin knows.
  case unknown

  init(_ dataset: HDF5Dataset) {
    switch dataset.type {
    case .string where dataset.shape.count == 1: self = .labels
    case .integer, .float, .boolean: self = dataset.shape.count == 1 ? .numbers : .unknown
    default: self = .unknown
    }
  }
}

/// A whole number without a point, others as Swift writes them.
private func plain(_ number: Double) -> String {
  Int(exactly: number).map { String($0) } ?? "\(number)"
}
