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
    file = try withLibrary { () throws(HDF5Error) in
      let file = unsafe eosin_hdf5_create(url.path)
      guard file >= 0 else { throw writingFailure(url, nil) }
      return file
    }
  }

  deinit {
    if file >= 0 { withLibrary { _ = eosin_hdf5_close(file) } }
  }

  /// Puts everything on disk.
  public func close() throws(HDF5Error) {
    guard file >= 0 else { return }
    defer { file = -1 }
    try call(nil) { eosin_hdf5_close(file) }
  }

  /// Makes an empty group.
  public func makeGroup(_ path: String) throws(HDF5Error) {
    try call(path) {
      unsafe eosin_hdf5_make_group(file, path)
    }
  }

  /// Writes one text.
  public func write(_ text: String, to path: String) throws(HDF5Error) {
    let texts = JoinedTexts([text])
    try call(path) {
      unsafe eosin_hdf5_write_texts(file, path, texts.bytes, texts.offsets, 1, 1)
    }
  }

  /// Writes a list of texts, of any length each; what follows a zero character is cut off.
  public func write(_ texts: [String], to path: String) throws(HDF5Error) {
    let joined = JoinedTexts(texts)
    try call(path) {
      unsafe eosin_hdf5_write_texts(file, path, joined.bytes, joined.offsets, texts.count, 0)
    }
  }

  /// Writes one number.
  public func write<Number: HDF5StoredNumber>(_ number: Number, to path: String) throws(HDF5Error) {
    try call(path) {
      unsafe withUnsafePointer(to: number) {
        unsafe eosin_hdf5_write_number(file, path, Number.hdf5Number, $0)
      }
    }
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
    let array = try withLibrary { () throws(HDF5Error) in
      let array = unsafe withUnsafePointer(to: fill) {
        unsafe eosin_hdf5_make_array(
          file, path, Number.hdf5Number, Int32(shape.count), shape.map { hsize_t($0) },
          chunk.map { hsize_t($0) }, $0)
      }
      guard array >= 0 else { throw writingFailure(url, path) }
      return array
    }
    return HDF5ArrayWriter(array, numbersInChunk: chunk.reduce(1, *), url: url, path: path)
  }

  /// Sets an attribute to a text.
  public func set(_ name: String, of path: String, to text: String) throws(HDF5Error) {
    let texts = JoinedTexts([text])
    try call(path) {
      unsafe eosin_hdf5_set_texts(file, path, name, texts.bytes, texts.offsets, 1, 1)
    }
  }

  /// Sets an attribute to a list of texts.
  public func set(_ name: String, of path: String, to texts: [String]) throws(HDF5Error) {
    let joined = JoinedTexts(texts)
    try call(path) {
      unsafe eosin_hdf5_set_texts(file, path, name, joined.bytes, joined.offsets, texts.count, 0)
    }
  }

  /// Sets an attribute to a list of numbers.
  public func set<Number: HDF5StoredNumber>(
    _ name: String, of path: String, to numbers: [Number]
  ) throws(HDF5Error) {
    try call(path) {
      unsafe eosin_hdf5_set_numbers(file, path, name, Number.hdf5Number, numbers, numbers.count, 0)
    }
  }

  /// Sets an attribute to true or false.
  public func set(_ name: String, of path: String, to truth: Bool) throws(HDF5Error) {
    try call(path) {
      unsafe eosin_hdf5_set_numbers(file, path, name, eosin_hdf5_bool, [Int8(truth ? 1 : 0)], 1, 1)
    }
  }

  /// Makes one call of the library; throws where it gives anything but 0.
  private func call(_ path: String?, _ body: () -> Int32) throws(HDF5Error) {
    try withLibrary { () throws(HDF5Error) in
      if body() != 0 { throw writingFailure(url, path) }
    }
  }
}

/// What to say of a call that failed; asked under the lock of that call.
func writingFailure(_ url: URL, _ path: String?) -> HDF5Error {
  HDF5Error(
    file: url, object: path,
    problem: "cannot be written\(hdf5Explanation()). Check the disk's space.")
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
