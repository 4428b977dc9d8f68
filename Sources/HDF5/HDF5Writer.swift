import CHDF5
import Foundation

/// Writes one HDF5 file: groups, texts, numbers and arrays with attributes.
///
/// Paths are absolute inside the file, such as `/obs/spot`; a group is made before what is in it.
/// Equal contents give equal bytes: no times are kept. Used by one thread at a time. A file that is
/// not closed is not whole.
public final class HDF5Writer {
  private let url: URL
  private var file: hid_t

  /// Makes a file that is not there yet.
  public init(creating url: URL) throws(HDF5Error) {
    self.url = url
    file = unsafe eosin_hdf5_create(url.path)
    guard file >= 0 else {
      throw HDF5Error(file: url, problem: "cannot be made. Check the folder and the disk's space.")
    }
  }

  deinit {
    if file >= 0 { _ = eosin_hdf5_close(file) }
  }

  /// Puts everything on disk.
  public func close() throws(HDF5Error) {
    guard file >= 0 else { return }
    let result = eosin_hdf5_close(file)
    file = -1
    try check(result, nil)
  }

  /// Makes an empty group.
  public func makeGroup(_ path: String) throws(HDF5Error) {
    try check(unsafe eosin_hdf5_make_group(file, path), path)
  }

  /// Writes one text.
  public func write(_ text: String, to path: String) throws(HDF5Error) {
    let texts = JoinedTexts([text])
    try check(
      unsafe eosin_hdf5_write_texts(file, path, texts.bytes, texts.offsets, 1, 1), path)
  }

  /// Writes a list of texts, of any length each; what follows a zero character is cut off.
  public func write(_ texts: [String], to path: String) throws(HDF5Error) {
    let joined = JoinedTexts(texts)
    try check(
      unsafe eosin_hdf5_write_texts(file, path, joined.bytes, joined.offsets, texts.count, 0),
      path)
  }

  /// Writes one number.
  public func write<Number: HDF5StoredNumber>(_ number: Number, to path: String) throws(HDF5Error) {
    let result = unsafe withUnsafePointer(to: number) {
      unsafe eosin_hdf5_write_number(file, path, Number.hdf5Number, $0)
    }
    try check(result, path)
  }

  /// Writes an array of any rank that is in memory, row-major, in chunks of a million numbers at most.
  public func write<Number: HDF5StoredNumber>(
    _ numbers: [Number], shape: [Int], to path: String
  ) throws(HDF5Error) {
    precondition(
      shape.reduce(1, *) == numbers.count, "\(numbers.count) numbers are not of shape \(shape)")
    let width = shape.dropFirst().reduce(1, *)
    let rows = max(1, min(shape[0], (1 << 20) / max(1, width)))
    let array = try makeArray(
      shape: shape, chunk: [rows] + shape.dropFirst(), fill: Number.zero, at: path)
    for start in stride(from: 0, to: numbers.isEmpty ? 0 : shape[0], by: rows) {
      var block = Array(numbers[start * width..<min(start + rows, shape[0]) * width])
      block += Array(repeating: .zero, count: rows * width - block.count)
      try array.write(block, at: [start] + shape.dropFirst().map { _ in 0 })
    }
    try array.close()
  }

  /// Makes an array that is written chunk by chunk; those that nobody writes take no room and are read
  /// as `fill`.
  ///
  /// - Parameter chunk: as many sides as `shape`, each 1 or more.
  public func makeArray<Number: HDF5StoredNumber>(
    shape: [Int], chunk: [Int], fill: Number, at path: String
  ) throws(HDF5Error) -> HDF5ArrayWriter<Number> {
    precondition(shape.count == chunk.count && chunk.allSatisfy { $0 > 0 } || shape.contains(0))
    let array = unsafe withUnsafePointer(to: fill) {
      unsafe eosin_hdf5_make_array(
        file, path, Number.hdf5Number, Int32(shape.count), shape.map { hsize_t($0) },
        chunk.map { hsize_t($0) }, $0)
    }
    guard array >= 0 else { throw failure(path) }
    return HDF5ArrayWriter(array, numbersInChunk: chunk.reduce(1, *), url: url, path: path)
  }

  /// Sets an attribute to a text.
  public func set(_ name: String, of path: String, to text: String) throws(HDF5Error) {
    let texts = JoinedTexts([text])
    try check(
      unsafe eosin_hdf5_set_texts(file, path, name, texts.bytes, texts.offsets, 1, 1), path)
  }

  /// Sets an attribute to a list of texts.
  public func set(_ name: String, of path: String, to texts: [String]) throws(HDF5Error) {
    let joined = JoinedTexts(texts)
    try check(
      unsafe eosin_hdf5_set_texts(
        file, path, name, joined.bytes, joined.offsets, texts.count, 0),
      path)
  }

  /// Sets an attribute to a list of numbers.
  public func set<Number: HDF5StoredNumber>(
    _ name: String, of path: String, to numbers: [Number]
  ) throws(HDF5Error) {
    try check(
      unsafe eosin_hdf5_set_numbers(
        file, path, name, Number.hdf5Number, numbers, numbers.count, 0),
      path)
  }

  /// Sets an attribute to true or false.
  public func set(_ name: String, of path: String, to truth: Bool) throws(HDF5Error) {
    try check(
      unsafe eosin_hdf5_set_numbers(
        file, path, name, eosin_hdf5_bool, [Int8(truth ? 1 : 0)], 1, 1),
      path)
  }

  private func check(_ result: Int32, _ path: String?) throws(HDF5Error) {
    if result != 0 { throw failure(path) }
  }

  private func failure(_ path: String?) -> HDF5Error {
    HDF5Error(file: url, object: path, problem: "cannot be written. Check the disk's space.")
  }
}

/// Texts one behind the other, each ended by a zero byte.
private struct JoinedTexts {
  var bytes: [CChar] = []
  var offsets: [Int] = []

  init(_ texts: [String]) {
    for text in texts {
      offsets.append(bytes.count)
      bytes += text.utf8.map { CChar(bitPattern: $0) }
      bytes.append(0)
    }
  }
}
