import CHDF5
import Foundation

/// The attributes of a group or a dataset: small values with names.
public struct HDF5Attributes: Sendable {
  let path: String
  let source: HDF5Source
  let object: HDF5Handle

  /// Their names, sorted.
  public var names: [String] {
    var length = 0
    return withLibrary {
      unsafe takeNames(eosin_hdf5_attributes(object.id, &length), length: length)
    } ?? []
  }

  /// What an attribute's values are; nil where there is none.
  public func type(of name: String) -> HDF5Type? {
    withLibrary { open(name).flatMap { HDF5Handle(H5Aget_type($0.id)) }.map { HDF5Type($0.id) } }
  }

  /// The numbers of an attribute, row by row where it is an array; nil where there is none.
  ///
  /// - Throws: where its values are no numbers, or one cannot be converted.
  public func numbers<Number: HDF5Number>(
    _ name: String, as _: Number.Type = Number.self
  ) throws(HDF5Error) -> [Number]? {
    try withLibrary { () throws(HDF5Error) in
      guard let attribute = open(name) else { return nil }
      let (type, count) = try facts(attribute, name)
      guard let kind = HDF5NumberKind(HDF5Type(type.id)) else {
        throw error(name, "holds \(HDF5Type(type.id).words); numbers are expected.")
      }
      var bytes = [UInt8](repeating: 0, count: max(1, count * kind.size))
      // Safety: there is room for all values in the type asked for.
      guard unsafe H5Aread(attribute.id, kind.memoryType, &bytes) >= 0 else {
        throw error(name, "cannot be read\(hdf5Explanation()).")
      }
      var fits = true
      let numbers = unsafe [Number](unsafeUninitializedCapacity: count) { buffer, filled in
        // Safety: both sides hold `count` numbers; on a misfit none is used.
        guard count > 0, let target = buffer.baseAddress else { return }
        unsafe bytes.withUnsafeBytes { source in
          fits = unsafe Number.convert(
            source.baseAddress!, of: kind, count: count, to: target, stride: 1)
        }
        filled = fits ? count : 0
      }
      guard fits else { throw error(name, "holds a number that does not fit.") }
      return numbers
    }
  }

  /// The one number of an attribute; nil where there is none.
  public func number<Number: HDF5Number>(
    _ name: String, as type: Number.Type = Number.self
  ) throws(HDF5Error) -> Number? {
    try numbers(name, as: type)?.first
  }

  /// The text of an attribute, row by row where it is an array; nil where there is none.
  ///
  /// - Throws: where its values are no text.
  public func strings(_ name: String) throws(HDF5Error) -> [String]? {
    try withLibrary { () throws(HDF5Error) in
      guard let attribute = open(name) else { return nil }
      let (type, count) = try facts(attribute, name)
      guard case .string(let bytes) = HDF5Type(type.id) else {
        throw error(name, "holds \(HDF5Type(type.id).words); text is expected.")
      }
      guard count > 0 else { return [] }
      return try unsafe StringElements(type: type, bytes: bytes, count: count).read(
        from: source
      ) { (type, memory) throws(HDF5Error) in
        guard unsafe H5Aread(attribute.id, type, memory) >= 0 else {
          throw error(name, "cannot be read\(hdf5Explanation()).")
        }
      } failing: {
        error(name, "refers to text that is not there.")
      }
    }
  }

  /// The one text of an attribute; nil where there is none.
  public func string(_ name: String) throws(HDF5Error) -> String? { try strings(name)?.first }

  private func open(_ name: String) -> HDF5Handle? {
    // Safety: names are ended by a zero byte as C wants them.
    guard unsafe H5Aexists(object.id, name) > 0 else { return nil }
    return unsafe HDF5Handle(H5Aopen(object.id, name, 0))
  }

  /// The type and number of its values, where the file can hold them.
  private func facts(
    _ attribute: HDF5Handle, _ name: String
  ) throws(HDF5Error) -> (HDF5Handle, Int) {
    guard let type = HDF5Handle(H5Aget_type(attribute.id)),
      let space = HDF5Handle(H5Aget_space(attribute.id)), let sides = extents(of: space.id)
    else { throw error(name, "is damaged.") }
    guard isSound(type.id) else { throw error(name, "is of a damaged type.") }
    var bytes = max(1, H5Tget_size(type.id))
    for side in sides {
      let (product, overflows) = bytes.multipliedReportingOverflow(by: side)
      guard !overflows, product <= source.byteCount else {
        throw error(name, "claims more values than the file holds.")
      }
      bytes = product
    }
    return (type, sides.reduce(1, *))
  }

  private func error(_ name: String, _ problem: String) -> HDF5Error {
    source.error(
      path, "has an attribute \(quotedName(name)) that \(problem) Export the file again.")
  }
}
