/// A plain value within a value of our own, such as the settings of a model's encoder.
extension JSON: Codable {
  /// Reads whatever stands there.
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let flag = try? value.decode(Bool.self) {
      self = .bool(flag)
    } else if let number = try? value.decode(Int.self) {
      self = .integer(number)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .string(text)
    } else if let values = try? value.decode([JSON].self) {
      self = .array(values)
    } else {
      self = .object(try value.decode([String: JSON].self))
    }
  }

  /// Writes the value as it is.
  public func encode(to encoder: any Encoder) throws {
    var target = encoder.singleValueContainer()
    switch self {
    case .null: try target.encodeNil()
    case .bool(let value): try target.encode(value)
    case .integer(let value): try target.encode(value)
    case .number(let value): try target.encode(value)
    case .string(let value): try target.encode(value)
    case .array(let values): try target.encode(values)
    case .object(let members): try target.encode(members)
    }
  }
}
