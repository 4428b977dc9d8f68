/// What one value of a stored tensor is.
public enum ScalarType: String, Sendable, Hashable, Codable, CaseIterable {
  case bool, uint8, int8, int16, uint16, float16, bfloat16, int32, uint32, float32, float64, int64

  /// The size of one value in the file.
  public var byteCount: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .float64, .int64: 8
    }
  }

  /// Whether the values are whole numbers or truth values.
  public var isInteger: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: false
    default: true
    }
  }

  /// The type's name in a safetensors header.
  var safetensorsName: String {
    switch self {
    case .bool: "BOOL"
    case .uint8: "U8"
    case .int8: "I8"
    case .int16: "I16"
    case .uint16: "U16"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .int32: "I32"
    case .uint32: "U32"
    case .float32: "F32"
    case .float64: "F64"
    case .int64: "I64"
    }
  }

  init?(safetensorsName: String) {
    guard let type = Self.allCases.first(where: { $0.safetensorsName == safetensorsName }) else {
      return nil
    }
    self = type
  }

  /// The place in safetensors' own order of types, in which its files hold the last one first.
  var safetensorsRank: Int { Self.allCases.firstIndex(of: self)! }  // a case is among all cases
}
