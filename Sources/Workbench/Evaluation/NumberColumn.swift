import Foundation

/// Numbers of a table's column, nil in JSON where there is none.
///
/// JSON has no NaN and no infinity: both are written `null` and read as NaN. Nine digits are kept from
/// the first on, so that what follows from a column is the same before it is written and after.
public struct NumberColumn: Sendable, Hashable, Codable {
  /// The numbers, NaN where there is none.
  public let values: [Double]

  /// Takes the numbers to nine digits, infinite ones as none.
  public init(_ values: [Double]) {
    self.values = values.map { $0.isFinite ? $0.rounded(digits: 9) : .nan }
  }

  /// The same of numbers of less precision.
  public init(_ values: [Float]) { self.init(values.map(Double.init)) }

  /// Reads an array of numbers and nulls.
  public init(from decoder: any Decoder) throws {
    values = try [Double?](from: decoder).map { $0 ?? .nan }
  }

  /// Writes an array of numbers and nulls.
  public func encode(to encoder: any Encoder) throws {
    try values.map { $0.isFinite ? $0 : nil }.encode(to: encoder)
  }

  /// The same, 0 where there is none: for means of attainable correlations.
  public var unmeasurableAsZero: NumberColumn {
    NumberColumn(values.map { $0.isNaN ? 0 : $0 })
  }

  /// The number of a row.
  public subscript(row: Int) -> Double { values[row] }

  /// Columns are equal where their numbers are, NaN to NaN.
  public static func == (first: NumberColumn, second: NumberColumn) -> Bool {
    first.values.elementsEqual(second.values) { $0 == $1 || $0.isNaN && $1.isNaN }
  }

  /// Agrees with `==`: all NaN alike.
  public func hash(into hasher: inout Hasher) {
    for value in values { hasher.combine(value.isNaN ? .nan : value + 0) }
  }
}

extension Double {
  /// The number to so many significant digits.
  func rounded(digits: Int) -> Double {
    guard self != 0, isFinite else { return self }
    let places = digits - 1 - Int(log10(abs(self)).rounded(.down))
    // Beyond these powers the factor itself would not be exact.
    guard abs(places) < 300 else { return self }
    let factor = pow(10, Double(abs(places)))
    return places >= 0 ? (self * factor).rounded() / factor : (self / factor).rounded() * factor
  }
}
