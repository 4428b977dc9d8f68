import CHDF5

/// What the elements of a dataset or an attribute are.
public indirect enum HDF5Type: Sendable, Hashable {
  /// Whole numbers of some bytes.
  case integer(bytes: Int, isSigned: Bool)
  /// Floating-point numbers of some bytes.
  case float(bytes: Int)
  /// False and true, kept as h5py keeps them: an enumeration of `FALSE` and `TRUE`.
  case boolean
  /// Text of so many bytes at most; nil where each has its own length.
  case string(bytes: Int?)
  /// Named fields side by side.
  case compound([HDF5Field])
  /// An array in each element, as fields have.
  case array(of: HDF5Type, shape: [Int])
  /// Something Eosin does not read, in a word or two.
  case other(String)

  /// What HDF5 says of a type; called under the library's lock.
  init(_ type: hid_t) {
    let bytes = H5Tget_size(type)
    switch H5Tget_class(type) {
    case H5T_INTEGER: self = .integer(bytes: bytes, isSigned: H5Tget_sign(type) == H5T_SGN_2)
    case H5T_FLOAT: self = .float(bytes: bytes)
    case H5T_STRING: self = .string(bytes: H5Tis_variable_str(type) > 0 ? nil : bytes)
    case H5T_ENUM: self = Self.enumeration(type)
    case H5T_COMPOUND: self = .compound(HDF5Field.fields(of: type))
    case H5T_ARRAY: self = Self.array(type)
    case H5T_VLEN: self = .other("lists of varying length")
    case H5T_REFERENCE: self = .other("references")
    case H5T_OPAQUE: self = .other("opaque bytes")
    case H5T_BITFIELD: self = .other("bit fields")
    default: self = .other("values of an unknown type")
    }
  }

  private static func enumeration(_ type: hid_t) -> HDF5Type {
    guard let base = HDF5Handle(H5Tget_super(type)) else { return .other("an enumeration") }
    if H5Tget_nmembers(type) == 2,
      memberName(type, 0)?.uppercased() == "FALSE", memberName(type, 1)?.uppercased() == "TRUE"
    {
      return .boolean
    }
    return HDF5Type(base.id)
  }

  private static func array(_ type: hid_t) -> HDF5Type {
    let rank = H5Tget_array_ndims(type)
    guard rank > 0, rank <= 32, let base = HDF5Handle(H5Tget_super(type)) else {
      return .other("arrays of an unknown shape")
    }
    var sides = [hsize_t](repeating: 0, count: Int(rank))
    // Safety: there is room for as many sides as the type has.
    unsafe H5Tget_array_dims2(type, &sides)
    return .array(of: HDF5Type(base.id), shape: sides.map { Int(clamping: $0) })
  }

  /// Whether it can be read as numbers.
  public var isNumber: Bool { HDF5NumberKind(self) != nil }

  /// What it is, as in `holds whole numbers`.
  var words: String {
    switch self {
    case .integer: "whole numbers"
    case .float: "fractions"
    case .boolean: "booleans"
    case .string: "text"
    case .compound(let fields): "a table of \(fields.count) fields"
    case .array: "arrays"
    case .other(let words): words
    }
  }
}

/// A field of a compound type.
public struct HDF5Field: Sendable, Hashable {
  /// Its name.
  public let name: String
  /// What one element is.
  public let type: HDF5Type
  /// The shape of the array that the field is in each row; empty for one value.
  public let shape: [Int]

  static func fields(of type: hid_t) -> [HDF5Field] {
    (0..<max(0, H5Tget_nmembers(type))).compactMap { index in
      guard let name = memberName(type, UInt32(index)),
        let member = HDF5Handle(H5Tget_member_type(type, UInt32(index)))
      else { return nil }
      if case .array(let element, let shape) = HDF5Type(member.id) {
        return HDF5Field(name: name, type: element, shape: shape)
      }
      return HDF5Field(name: name, type: HDF5Type(member.id), shape: [])
    }
  }
}

/// The name of a field or an enumeration's value.
private func memberName(_ type: hid_t, _ index: UInt32) -> String? {
  guard let name = unsafe H5Tget_member_name(type, index) else { return nil }
  defer { _ = unsafe H5free_memory(name) }
  return unsafe String(cString: name)
}
