import CHDF5
import Foundation
import Synchronization

/// Takes so many elements that lie together, to be put at a place in the result and at every
/// `stride`th after it; false where they cannot be taken. Called from several threads.
typealias ElementTaker =
  @Sendable (UnsafeRawPointer, _ count: Int, _ place: Int, _ stride: Int) -> Bool

/// The work of one thread: a share of many pieces.
let workerCount = min(8, ProcessInfo.processInfo.activeProcessorCount)

extension HDF5Dataset {
  /// Reads a box of numbers the fastest way there is: chunk by chunk, from the file itself, or
  /// through HDF5.
  ///
  /// - Parameter memory: where all of them may be put without asking `take`, where they need no
  ///   conversion.
  func readElements(
    box: [Range<Int>], kind: HDF5NumberKind, unchangedInto memory: UnsafeMutableRawPointer?,
    _ take: @escaping ElementTaker
  ) throws(HDF5Error) {
    try refuseUnknownFilters()
    if hasMemoryLayout(of: kind),
      try unsafe readStored(
        box: box, size: kind.size, filledLike: kind.memoryType, unchangedInto: memory, take)
    {
      return
    }
    try unsafe readThroughLibrary(box: box, kind: kind, take)
  }

  /// Reads a box of elements as they lie in the file, without HDF5; false where that cannot be.
  ///
  /// - Parameters:
  ///   - size: what an element takes.
  ///   - filledLike: the type that an element which was never written has its value in; nil for zeros.
  ///   - memory: as for numbers.
  func readStored(
    box: [Range<Int>], size: Int, filledLike type: hid_t?,
    unchangedInto memory: UnsafeMutableRawPointer?, _ take: @escaping ElementTaker
  ) throws(HDF5Error) -> Bool {
    guard field == nil else { return false }
    if let chunk, chunk.count == box.count, filters.allSatisfy(\.isPlain) {
      try unsafe ChunkReader(self, size: size, filledLike: type, chunk: chunk, box: box).read(take)
      return true
    }
    guard let offset, let rows = rows(of: box) else { return false }
    try unsafe readStretches(
      from: offset, elements: rows, size: size, unchangedInto: memory, take)
    return true
  }

  /// A filter whose chunks cannot be checked is named.
  func refuseUnknownFilters() throws(HDF5Error) {
    guard let missing = filters.first(where: { !$0.isPlain }) else { return }
    throw error(
      "is packed with the filter \(missing.name), which Eosin does not have. Write the file again "
        + "with gzip or LZF.")
  }

  /// Whether the numbers lie in the file as they do in memory.
  private func hasMemoryLayout(of kind: HDF5NumberKind) -> Bool {
    withLibrary {
      if case .integer = type { return H5Tequal(elementType.id, kind.memoryType) > 0 }
      if case .float = type { return H5Tequal(elementType.id, kind.memoryType) > 0 }
      // An enumeration lies like what it is based on.
      guard let base = HDF5Handle(H5Tget_super(elementType.id)) else { return false }
      return H5Tequal(base.id, kind.memoryType) > 0
    }
  }

  /// The elements of a box that is whole rows, as one range; nil where it is not.
  private func rows(of box: [Range<Int>]) -> Range<Int>? {
    guard zip(box, shape).dropFirst().allSatisfy({ $0.count == $1 }) else { return nil }
    let width = shape.dropFirst().reduce(1, *)
    guard let rows = box.first else { return 0..<1 }
    return rows.lowerBound * width..<rows.upperBound * width
  }

  /// Reads what lies in one piece, in stretches of 2 MB side by side.
  private func readStretches(
    from offset: Int, elements: Range<Int>, size: Int,
    unchangedInto memory: UnsafeMutableRawPointer?, _ take: @escaping ElementTaker
  ) throws(HDF5Error) {
    let (end, overflows) = offset.addingReportingOverflow(elements.upperBound * size)
    guard !overflows, end <= source.byteCount else {
      throw error("ends after the file does. Copy or export the file again.")
    }
    let stretch = (2 << 20) / size
    let count = (elements.count + stretch - 1) / stretch
    nonisolated(unsafe) let memory = unsafe memory
    try inParallel(count) { () -> (Int) throws(HDF5Error) -> Void in
      let room = unsafe memory == nil ? min(stretch, elements.count) * size : 0
      var bytes = [UInt8](repeating: 0, count: room)
      return { (index: Int) throws(HDF5Error) in
        let place = index * stretch
        let length = min(stretch, elements.count - place)
        let start = offset + (elements.lowerBound + place) * size
        // Safety: there is room for `length` elements in either, and they are read before they are
        // taken.
        if let memory = unsafe memory {
          return try unsafe read(into: memory + place * size, count: length * size, at: start)
        }
        let isTaken = try unsafe bytes.withUnsafeMutableBytes { buffer in
          Result { () throws(HDF5Error) in
            try unsafe read(into: buffer.baseAddress!, count: length * size, at: start)
            return unsafe take(buffer.baseAddress!, length, place, 1)
          }
        }.get()
        guard isTaken else { throw misfit }
      }
    }
  }

  /// Reads bytes of the file, for which there is room.
  private func read(
    into memory: UnsafeMutableRawPointer, count: Int, at offset: Int
  ) throws(HDF5Error) {
    var filled = 0
    while filled < count {
      let got = unsafe pread(source.descriptor, memory + filled, count - filled, offset + filled)
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else { throw error("cannot be read to its end. Copy the file again.") }
      filled += got
    }
  }

  /// Reads through HDF5, which knows every layout and byte order, in stretches of rows.
  private func readThroughLibrary(
    box: [Range<Int>], kind: HDF5NumberKind, _ take: @escaping ElementTaker
  ) throws(HDF5Error) {
    let width = box.dropFirst().reduce(1) { $0 * $1.count }
    let rows = box.first ?? 0..<1
    let step = max(1, (1 << 22) / max(1, width))
    var bytes = [UInt8](repeating: 0, count: min(step, rows.count) * width * kind.size)
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
      let end = min(start + step, rows.upperBound)
      let part = box.isEmpty ? [] : [start..<end] + box.dropFirst()
      // Safety: there is room for the elements of the part, in the type asked for.
      try unsafe bytes.withUnsafeMutableBytes { buffer in
        Result { () throws(HDF5Error) in
          try unsafe readSelection(part, as: kind.memoryType, into: buffer.baseAddress!)
        }
      }.get()
      let count = (end - start) * width
      let isTaken = unsafe bytes.withUnsafeBytes {
        unsafe take($0.baseAddress!, count, (start - rows.lowerBound) * width, 1)
      }
      guard isTaken else { throw misfit }
    }
  }

  /// Has HDF5 read a box into memory, its elements of a type; the field's own sides must be whole.
  func readSelection(
    _ box: [Range<Int>], as element: hid_t, into memory: UnsafeMutableRawPointer
  ) throws(HDF5Error) {
    try checkChunks(of: box)
    try withLibrary { () throws(HDF5Error) in
      guard let type = memoryType(of: element), let space = HDF5Handle(H5Dget_space(handle.id))
      else {
        throw error("cannot be read\(hdf5Explanation()). Export or copy the file again.")
      }
      var memorySpace = HDF5Handle(H5Scopy(space.id))
      let ranges = box.prefix(sides.count)
      if !ranges.isEmpty {
        let start = ranges.map { hsize_t($0.lowerBound) }
        let count = ranges.map { hsize_t($0.count) }
        // Safety: both have as many numbers as the space has sides.
        unsafe H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, count, nil)
        memorySpace = unsafe HDF5Handle(H5Screate_simple(Int32(count.count), count, nil))
      }
      // Room to convert a few elements of the longer kind, which a row may be.
      let longest = max(
        HDF5Handle(H5Dget_type(handle.id)).map { H5Tget_size($0.id) } ?? 0, H5Tget_size(type.id))
      guard let memorySpace, let transfer = HDF5Handle(eosin_hdf5_transfer(max(1 << 16, longest))),
        unsafe H5Dread(handle.id, type.id, memorySpace.id, space.id, transfer.id, memory) >= 0
      else {
        throw error("cannot be read\(hdf5Explanation()). Export or copy the file again.")
      }
    }
  }

  /// What an element is in memory: by itself, or the one field of a row, perhaps an array.
  func memoryType(of element: hid_t) -> HDF5Handle? {
    guard let field else { return HDF5Handle(H5Tcopy(element)) }
    let sides = field.shape.map { hsize_t($0) }
    let member =
      sides.isEmpty
      ? HDF5Handle(H5Tcopy(element))
      // Safety: there are as many sides as said.
      : unsafe HDF5Handle(H5Tarray_create2(element, UInt32(sides.count), sides))
    guard let member else { return nil }
    return unsafe HDF5Handle(eosin_hdf5_member_alone(field.name, member.id))
  }

  /// A number is not what was asked for.
  var misfit: HDF5Error {
    error(
      "holds a number that is negative, too large or no whole one where it may not be. "
        + "Write the file again.")
  }
}

extension HDF5NumberKind {
  /// HDF5's name for it; not to be closed.
  var memoryType: hid_t {
    isFloat ? eosin_hdf5_float(Int32(size)) : eosin_hdf5_integer(Int32(size), isSigned ? 1 : 0)
  }
}

/// Does `count` pieces of work, on all cores where they are several. Each thread makes a worker of
/// its own; the first error ends the work.
func inParallel(
  _ count: Int, _ makeWorker: @Sendable () -> (Int) throws(HDF5Error) -> Void
) throws(HDF5Error) {
  let next = Atomic(0)
  let failure = Mutex<HDF5Error?>(nil)
  @Sendable func work(_: Int) {
    let worker = makeWorker()
    while true {
      let (index, _) = next.add(1, ordering: .relaxed)
      guard index < count else { return }
      do throws(HDF5Error) {
        try worker(index)
      } catch {
        failure.withLock { $0 = $0 ?? error }
        next.store(count, ordering: .relaxed)
      }
    }
  }
  if count <= 1 {
    work(0)
  } else {
    DispatchQueue.concurrentPerform(iterations: min(count, workerCount), execute: work)
  }
  if let failure = failure.withLock({ $0 }) { throw failure }
}
