import CHDF5
import Foundation

/// A filter that chunks went through when they were written.
public struct HDF5Filter: Sendable, Hashable {
  /// Its registered number, such as 1 for deflate.
  public let id: Int
  /// Its own settings.
  let values: [UInt32]

  static let deflate = 1
  static let shuffle = 2
  static let fletcher32 = 3
  static let lzf = 32000

  /// What it is called.
  public var name: String {
    switch id {
    case 1: "deflate"
    case 2: "shuffle"
    case 3: "Fletcher-32"
    case 4: "SZIP"
    case 5: "N-bit"
    case 6: "scale-offset"
    case 307: "bzip2"
    case 32000: "LZF"
    case 32001: "Blosc"
    case 32004: "LZ4"
    case 32008: "bitshuffle"
    case 32013: "ZFP"
    case 32015: "Zstandard"
    case 32026: "Blosc2"
    default: "number \(id)"
    }
  }

  /// Whether it is undone here, chunk by chunk, without HDF5.
  var isPlain: Bool { [Self.deflate, Self.shuffle, Self.fletcher32, Self.lzf].contains(id) }
}

/// An array of an HDF5 file, or one field of a table's rows; nothing is read before it is asked for.
public struct HDF5Dataset: Sendable {
  /// Where it is in the file, such as `X/data`.
  public let path: String
  /// The lengths of its sides, the slowest first; empty for a single value. A field's own sides come
  /// last.
  public let shape: [Int]
  /// What its elements are.
  public let type: HDF5Type
  /// The sides of a chunk, where it is stored in chunks.
  public let chunk: [Int]?
  /// The filters its chunks went through, in the order of writing.
  public let filters: [HDF5Filter]
  /// The bytes it takes in the file, as stored.
  public let storedByteCount: Int

  let source: HDF5Source
  let handle: HDF5Handle
  /// The type of one element in the file.
  let elementType: HDF5Handle
  /// Where its bytes begin in the file, where they lie in one piece.
  let offset: Int?
  /// The field of the rows that it stands for.
  var field: HDF5Field?
  /// What a row takes in memory or the file, whichever is less, of which this is a field; 0 where it is
  /// none.
  let rowByteCount: Int
  /// The lengths of the dataset's own sides, without a field's.
  let sides: [Int]

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
  /// The number of rows: the length of the first side, 1 for a single value.
  public var rowCount: Int { shape.first ?? 1 }
  /// The attributes.
  public var attributes: HDF5Attributes {
    HDF5Attributes(path: path, source: source, object: handle)
  }

  init(source: HDF5Source, handle: HDF5Handle, path: String) throws(HDF5Error) {
    let facts = withLibrary { DatasetFacts(handle.id) }
    guard let facts else {
      throw source.error(path, "cannot be understood. Export or copy the file again.")
    }
    guard let sides = facts.sides, hasReasonableCount(sides + [facts.elementBytes]) else {
      throw source.error(path, "claims more elements than can be counted. Export the file again.")
    }
    if let problem = facts.problem { throw source.error(path, problem) }
    // What is claimed to be stored is in the file, or the file is damaged.
    guard facts.storedByteCount <= source.byteCount else {
      throw source.error(
        path,
        "claims \(facts.storedByteCount) bytes of a file that has \(source.byteCount). "
          + "Copy or export the file again.")
    }
    self.path = path
    self.source = source
    self.handle = handle
    self.sides = sides
    shape = sides
    type = facts.type
    elementType = facts.elementType
    chunk = facts.chunk
    filters = facts.filters
    storedByteCount = facts.storedByteCount
    offset = facts.offset
    field = nil
    rowByteCount = 0
  }

  /// One field of a table's rows, read like a dataset of its own.
  ///
  /// - Throws: where the elements have no such field.
  public func field(_ name: String) throws(HDF5Error) -> HDF5Dataset {
    guard case .compound(let fields) = type, let field = fields.first(where: { $0.name == name })
    else { throw source.error(path, "has no field \(quotedName(name)).") }
    return try HDF5Dataset(self, field: field)
  }

  private init(_ table: HDF5Dataset, field: HDF5Field) throws(HDF5Error) {
    let element = withLibrary { () -> HDF5Handle? in
      let index = unsafe H5Tget_member_index(table.elementType.id, field.name)
      guard index >= 0,
        let type = HDF5Handle(H5Tget_member_type(table.elementType.id, UInt32(index)))
      else { return nil }
      return field.shape.isEmpty ? type : HDF5Handle(H5Tget_super(type.id))
    }
    guard let element, hasReasonableCount(table.sides + field.shape + [16]) else {
      throw table.source.error(table.path, "has a field \(quotedName(field.name)) that is damaged.")
    }
    path = "\(table.path)/\(field.name)"
    source = table.source
    handle = table.handle
    sides = table.sides
    shape = table.sides + field.shape
    type = field.type
    elementType = element
    chunk = table.chunk
    filters = table.filters
    storedByteCount = table.storedByteCount
    offset = nil
    self.field = field
    rowByteCount = withLibrary { H5Tget_size(table.elementType.id) }
  }

  /// An error about it.
  func error(_ problem: String) -> HDF5Error { source.error(path, problem) }
}

/// Whether the product can be counted, with room for sums.
private func hasReasonableCount(_ sides: [Int]) -> Bool {
  var product = 1
  for side in sides where side > 0 {
    let (result, overflows) = product.multipliedReportingOverflow(by: side)
    guard !overflows, result < 1 << 56 else { return false }
    product = result
  }
  return true
}

/// What HDF5 says of a dataset.
private struct DatasetFacts {
  var type: HDF5Type
  var elementType: HDF5Handle
  var elementBytes: Int
  /// Nil where a side is no number Swift counts to.
  var sides: [Int]?
  var chunk: [Int]?
  var filters: [HDF5Filter] = []
  var storedByteCount = 0
  var offset: Int?
  /// Why it cannot be read.
  var problem: String?

  /// Asks HDF5; called under the library's lock.
  init?(_ dataset: hid_t) {
    guard let type = HDF5Handle(H5Dget_type(dataset)),
      let space = HDF5Handle(H5Dget_space(dataset)),
      let list = HDF5Handle(H5Dget_create_plist(dataset))
    else { return nil }
    if !isSound(type.id) {
      problem = "holds values of a type that is damaged. Copy or export the file again."
    }
    self.type = HDF5Type(type.id)
    elementType = type
    elementBytes = H5Tget_size(type.id)
    sides = extents(of: space.id)
    filters = (0..<max(0, H5Pget_nfilters(list.id))).map { filter(list.id, UInt32($0)) }
    storedByteCount = Int(clamping: H5Dget_storage_size(dataset))
    switch H5Pget_layout(list.id) {
    case H5D_CHUNKED:
      var chunk = [hsize_t](repeating: 0, count: 33)
      // Safety: there is room for 33 sides, one more than HDF5 allows.
      let rank = unsafe H5Pget_chunk(list.id, 33, &chunk)
      guard rank > 0, chunk.prefix(Int(rank)).allSatisfy({ $0 > 0 }) else { return nil }
      self.chunk = chunk.prefix(Int(rank)).map { Int(clamping: $0) }
    case H5D_CONTIGUOUS:
      if H5Pget_external_count(list.id) > 0 {
        problem = "keeps its values in another file. Copy them into this one, with h5repack."
      }
      let offset = H5Dget_offset(dataset)
      if offset != haddr_t.max { self.offset = Int(exactly: offset) }
    case H5D_COMPACT where problem == nil:
      // HDF5 copies as many bytes as the shape claims, whatever is there.
      let size = (sides ?? []).reduce((elementBytes, false)) { total, side in
        let (product, overflows) = total.0.multipliedReportingOverflow(by: side)
        return (product, total.1 || overflows)
      }
      if size.1 || size.0 > storedByteCount {
        problem = "claims more than its \(storedByteCount) bytes. Copy or export the file again."
      }
    case H5D_VIRTUAL:
      problem = "is put together from other datasets. Copy its values into one, with h5repack."
    default: break
    }
  }
}

/// The lengths of a space's sides; empty for a single value, `[0]` for none.
func extents(of space: hid_t) -> [Int]? {
  switch H5Sget_simple_extent_type(space) {
  case H5S_SCALAR: return []
  case H5S_NULL: return [0]
  default: break
  }
  let rank = H5Sget_simple_extent_ndims(space)
  guard rank >= 0, rank <= 32 else { return nil }
  var sides = [hsize_t](repeating: 0, count: Int(rank))
  // Safety: there is room for as many sides as the space has.
  guard unsafe H5Sget_simple_extent_dims(space, &sides, nil) == rank else { return nil }
  let whole = sides.compactMap { Int(exactly: $0) }
  return whole.count == sides.count ? whole : nil
}

private func filter(_ list: hid_t, _ index: UInt32) -> HDF5Filter {
  var flags: UInt32 = 0
  var count = 32
  var values = [UInt32](repeating: 0, count: 32)
  // Safety: `count` says how many values there is room for; no name is asked for.
  let id = unsafe H5Pget_filter2(list, index, &flags, &count, &values, 0, nil, nil)
  return HDF5Filter(id: Int(id), values: Array(values.prefix(min(count, 32))))
}
