/// Writes a list of numbers of an ``HDF5Writer`` whose length is known, piece by piece in order.
public final class HDF5ListWriter<Number: HDF5StoredNumber> {
  private let array: HDF5ArrayWriter<Number>
  private let length: Int
  private let chunk: Int
  private var waiting: [Number] = []
  private var written = 0

  fileprivate init(_ array: HDF5ArrayWriter<Number>, length: Int, chunk: Int) {
    self.array = array
    self.length = length
    self.chunk = chunk
    waiting.reserveCapacity(chunk)
  }

  /// Adds numbers at the end.
  public func append(_ numbers: [Number]) throws(HDF5Error) {
    precondition(written + waiting.count + numbers.count <= length, "more than \(length) numbers")
    var taken = 0
    while taken < numbers.count {
      let part = min(chunk - waiting.count, numbers.count - taken)
      waiting += numbers[taken..<taken + part]
      taken += part
      if waiting.count == chunk { try flush() }
    }
  }

  /// Writes what is left and closes the list, which must be as long as was said.
  public func close() throws(HDF5Error) {
    precondition(written + waiting.count == length, "fewer than \(length) numbers")
    if !waiting.isEmpty {
      waiting += Array(repeating: .zero, count: chunk - waiting.count)
      try flush()
    }
    try array.close()
  }

  private func flush() throws(HDF5Error) {
    try array.write(waiting, at: [written])
    written += waiting.count
    waiting.removeAll(keepingCapacity: true)
  }
}

extension HDF5Writer {
  /// Makes a list of `length` numbers that are given piece by piece.
  public func makeList<Number: HDF5StoredNumber>(
    of type: Number.Type, length: Int, at path: String
  ) throws(HDF5Error) -> HDF5ListWriter<Number> {
    let chunk = max(1, min(length, 1 << 18))
    let array = try makeArray(shape: [length], chunk: [chunk], fill: Number.zero, at: path)
    return HDF5ListWriter(array, length: length, chunk: chunk)
  }
}
