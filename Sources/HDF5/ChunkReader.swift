import CHDF5
import Foundation

/// Reads a box of a chunked dataset: takes chunks as they are stored, one at a time, and unpacks
/// them side by side.
struct ChunkReader: Sendable {
  private let dataset: HDF5Dataset
  private let elementBytes: Int
  private let chunk: [Int]
  private let box: [Range<Int>]
  /// For each side the chunks that the box meets.
  private let grid: [Range<Int>]
  /// The side that runs of elements go along: the last that a chunk has more than one of.
  private let along: Int
  /// The bytes of one element where nothing was written.
  private let fill: [UInt8]

  /// - Parameters:
  ///   - size: what an element takes.
  ///   - type: what one that was never written has its value in; nil for zeros.
  init(
    _ dataset: HDF5Dataset, size: Int, filledLike type: hid_t?, chunk: [Int], box: [Range<Int>]
  ) {
    self.dataset = dataset
    elementBytes = size
    self.chunk = chunk
    self.box = box
    along = chunk.lastIndex { $0 > 1 } ?? box.count - 1
    grid = zip(box, chunk).map { $0.lowerBound / $1..<($0.upperBound - 1) / $1 + 1 }
    var fill = [UInt8](repeating: 0, count: size)
    withLibrary {
      guard let type, H5Tget_size(type) == size,
        let list = HDF5Handle(H5Dget_create_plist(dataset.handle.id))
      else { return }
      // Safety: there is room for an element.
      _ = unsafe H5Pget_fill_value(list.id, type, &fill)
    }
    self.fill = fill
  }

  /// Reads all of the box.
  func read(_ take: @escaping ElementTaker) throws(HDF5Error) {
    let chunks = grid.reduce(1) { $0 * $1.count }
    let bytes = try dataset.chunkByteCount(chunk, elementBytes: elementBytes)
    // Chunks whose elements lie between each other's are one thread's: of an image, the colours.
    let together = grid[(along + 1)...].reduce(1) { $0 * $1.count }
    try inParallel(chunks / together) { () -> (Int) throws(HDF5Error) -> Void in
      let unpacker = ChunkUnpacker(dataset, chunkBytes: bytes)
      return { (index: Int) throws(HDF5Error) in
        for index in index * together..<(index + 1) * together {
          let place = place(ofChunk: index)
          if try unpacker.unpack(chunkAt: zip(place, chunk).map { $0 * $1 }) {
            try unsafe copy(unpacker.bytes, ofChunkAt: place, take)
          } else {
            try unsafe copyFill(ofChunkAt: place, take)
          }
        }
      }
    }
  }

  private func place(ofChunk index: Int) -> [Int] {
    var rest = index
    var place = grid.map(\.lowerBound)
    for side in grid.indices.reversed() {
      place[side] += rest % grid[side].count
      rest /= grid[side].count
    }
    return place
  }

  /// Copies the runs along the last side that chunk and box share.
  private func copy(
    _ bytes: [UInt8], ofChunkAt place: [Int], _ take: @escaping ElementTaker
  ) throws(HDF5Error) {
    // Safety: a run lies within the chunk, of which all bytes are there, and within the box.
    let areTaken = unsafe bytes.withUnsafeBytes { buffer in
      forEachRun(ofChunkAt: place) { start, length, target, stride in
        unsafe take(buffer.baseAddress! + start * elementBytes, length, target, stride)
      }
    }
    guard areTaken else { throw dataset.misfit }
  }

  private func copyFill(ofChunkAt place: [Int], _ take: @escaping ElementTaker) throws(HDF5Error) {
    let areTaken = forEachRun(ofChunkAt: place) { _, length, target, stride in
      let bytes = (0..<length).flatMap { _ in fill }
      // Safety: there are `length` elements.
      return unsafe bytes.withUnsafeBytes { unsafe take($0.baseAddress!, length, target, stride) }
    }
    guard areTaken else { throw dataset.misfit }
  }

  /// Calls `body` with each run's place in the chunk, its length, its place in the box and how far
  /// its elements are apart there; false when one is.
  private func forEachRun(
    ofChunkAt place: [Int],
    _ body: (_ start: Int, _ length: Int, _ target: Int, _ stride: Int) -> Bool
  ) -> Bool {
    let origin = zip(place, chunk).map { $0 * $1 }
    let shared = box.indices.map {
      box[$0].clamped(to: origin[$0]..<origin[$0] + chunk[$0])
    }
    let stride = box[(along + 1)...].reduce(1) { $0 * $1.count }
    var at = shared.map(\.lowerBound)
    while true {
      var start = 0
      var target = 0
      for side in box.indices {
        start = start * chunk[side] + at[side] - origin[side]
        target = target * box[side].count + at[side] - box[side].lowerBound
      }
      guard body(start, shared[along].count, target, stride) else { return false }
      var side = along - 1
      while side >= 0 {
        at[side] += 1
        if at[side] < shared[side].upperBound { break }
        at[side] = shared[side].lowerBound
        side -= 1
      }
      if side < 0 { return true }
    }
  }
}
