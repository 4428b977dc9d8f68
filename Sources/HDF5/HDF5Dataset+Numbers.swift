import CHDF5
import Foundation

extension HDF5Dataset {
  /// Reads numbers, of all rows or of some.
  ///
  /// Chunks of plain filters are unpacked on all cores. Booleans are 0 and 1.
  /// - Throws: where the elements are no numbers, one cannot be converted, and for damaged data.
  public func read<Number: HDF5Number>(
    _: Number.Type = Number.self, rows: Range<Int>? = nil
  ) throws(HDF5Error) -> [Number] {
    try read(Number.self, box: box(rows))
  }

  /// Reads numbers of a box: a range for each side, the slowest first. The values are in that order
  /// too.
  ///
  /// - Throws: where the elements are no numbers, the box is not within the shape, one cannot be
  ///   converted, and for damaged data.
  public func read<Number: HDF5Number>(
    _: Number.Type = Number.self, box: [Range<Int>]
  ) throws(HDF5Error) -> [Number] {
    guard let kind = HDF5NumberKind(type) else {
      throw error("holds \(type.words); numbers are expected.")
    }
    let count = try checkedCount(box, bytesOfElement: max(kind.size, MemoryLayout<Number>.size))
    guard count > 0 else { return [] }
    var failure: HDF5Error?
    // Safety: the readers write each of the `count` elements once, or throw, and then none is used.
    let numbers = unsafe [Number](unsafeUninitializedCapacity: count) { buffer, filled in
      nonisolated(unsafe) let target = buffer.baseAddress!
      do throws(HDF5Error) {
        let memory = unsafe kind == Number.numberKind ? UnsafeMutableRawPointer(target) : nil
        try unsafe readElements(box: box, kind: kind, unchangedInto: memory) {
          source, count, place, stride in
          // Safety: the place and those that follow it are within the box.
          unsafe Number.convert(
            source, of: kind, count: count, to: target + place, stride: stride)
        }
        filled = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return numbers
  }

  /// Reads booleans, of all rows or of some: h5py's, or whole numbers, of which 0 is false.
  public func readBooleans(rows: Range<Int>? = nil) throws(HDF5Error) -> [Bool] {
    switch type {
    case .boolean, .integer: try read(Int.self, rows: rows).map { $0 != 0 }
    default: throw error("holds \(type.words); booleans are expected.")
    }
  }

  /// Refuses a dataset that claims more elements than what is stored of it can be, or than memory
  /// holds at so many bytes each; to be asked before anything of its size is allocated.
  public func checkClaim(bytesOfElement: Int) throws(HDF5Error) {
    _ = try checkedCount(box(nil), bytesOfElement: bytesOfElement)
  }

  /// The ranges of whole rows.
  func box(_ rows: Range<Int>?) -> [Range<Int>] {
    guard let rows, !sides.isEmpty else { return shape.map { 0..<$0 } }
    return [rows] + shape.dropFirst().map { 0..<$0 }
  }

  /// The number of elements in a box, where it is within the shape and what it claims can be in the
  /// file.
  func checkedCount(_ box: [Range<Int>], bytesOfElement: Int) throws(HDF5Error) -> Int {
    guard box.count == shape.count,
      zip(box, shape).allSatisfy({ $0.lowerBound >= 0 && $0.upperBound <= $1 })
    else { throw error("has the shape \(shape), which does not hold \(box).") }
    let count = box.reduce(1) { $0 * $1.count }
    let claimed = count.multipliedReportingOverflow(by: bytesOfElement)
    let believed = believedByteCount
    let inFile = count.multipliedReportingOverflow(by: bytesInFile)
    // Whole rows are read for the sake of a field.
    let rows = box.prefix(sides.count).reduce(1) { $0 * $1.count }
    let ofRows = rows.multipliedReportingOverflow(by: rowByteCount)
    guard !claimed.overflow, !inFile.overflow, !ofRows.overflow,
      max(inFile.partialValue, ofRows.partialValue) <= believed
    else {
      throw error(
        "claims \(count) elements, of which its \(storedByteCount) bytes in the file cannot be. "
          + "Export the file again.")
    }
    guard claimed.partialValue <= memoryByteCount else {
      throw error("has \(count) elements, more than this machine's memory holds.")
    }
    return count
  }

  /// The most bytes that what is stored can be of: deflate makes 1,032 of one at most, and the
  /// other filters less. A small dataset may be all fill values, and take nothing.
  private var believedByteCount: Int {
    let expansion = filters.isEmpty ? 1 : 1032
    let (bytes, overflows) = storedByteCount.multipliedReportingOverflow(by: expansion)
    return overflows ? Int.max : max(bytes, 1 << 20)
  }

  private var bytesInFile: Int {
    switch type {
    case .integer(let bytes, _), .float(let bytes): bytes
    case .boolean: 1
    case .string(let bytes): bytes ?? 16
    default: 1
    }
  }
}

/// The machine's memory in bytes.
private let memoryByteCount = Int(clamping: ProcessInfo.processInfo.physicalMemory)
