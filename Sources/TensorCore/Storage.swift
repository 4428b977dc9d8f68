import Glibc

/// The numbers of one or more tensors: memory that nobody writes to once it is shared.
///
/// Either its own memory, or a part of somebody else's (`owner`), such as a mapped file or the
/// storage it is a slice of, which it keeps alive.
@safe final class Storage: @unchecked Sendable {
  // Sendable unchecked, because the pointer is not: it is written to only before the storage is
  // shared, or while `isKnownUniquelyReferenced` says that nobody else can see it.

  /// Where the numbers lie: at least `count` of them, for as long as this object lives.
  let start: UnsafeMutablePointer<Float>
  let count: Int
  let owner: AnyObject?
  /// Whether the memory has the size and place that ``MemoryReuse`` deals in.
  private let isReusable: Bool

  /// A large page of this system, and bytes from which on they are asked for.
  private static let largePage = 2 << 20
  private static let large = 4 << 20

  /// Memory whose contents are yet to be written, on a boundary of 64 bytes.
  init(uninitialized count: Int) {
    self.count = count
    owner = nil
    isReusable = true
    let bytes = MemoryReuse.size(for: max(count, 1) * MemoryLayout<Float>.stride)
    unsafe start = (MemoryReuse.take(bytes) ?? Self.allocated(bytes)).bindMemory(
      to: Float.self, capacity: max(count, 1))
  }

  private static func allocated(_ bytes: Int) -> UnsafeMutableRawPointer {
    // Rounded up for `aligned_alloc`, which wants whole multiples of the boundary.
    let boundary = bytes < large ? 64 : largePage
    let rounded = (bytes + boundary - 1) / boundary * boundary
    // As Swift's own collections do when memory runs out: no caller could go on without it.
    guard let memory = unsafe aligned_alloc(boundary, rounded) else { fatalError("out of memory") }
    // In pages of 4 KB, the system's work to hand out memory costs as much as filling it does.
    if bytes >= large { unsafe _ = madvise(memory, rounded, MADV_HUGEPAGE) }
    return unsafe memory
  }

  /// Zeros, for which the system gives memory as it is touched.
  init(zeros count: Int) {
    self.count = count
    owner = nil
    isReusable = false
    let size = MemoryLayout<Float>.stride
    // The same here.
    guard let memory = unsafe calloc(max(count, 1), size) else { fatalError("out of memory") }
    unsafe start = memory.bindMemory(to: Float.self, capacity: max(count, 1))
  }

  /// A part of memory that `owner` keeps alive.
  ///
  /// Safety: the caller promises that `count` numbers from `start` on live as long as `owner` and
  /// do not change.
  @unsafe init(start: UnsafeMutablePointer<Float>, count: Int, owner: AnyObject) {
    unsafe self.start = start
    self.count = count
    self.owner = owner
    isReusable = false
  }

  /// The numbers in `range`, without copying them.
  func part(_ range: Range<Int>) -> Storage {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count, "\(range) is not within \(count) numbers")
    // Safety: within bounds as just checked, and this object lives as long as the part.
    return unsafe Storage(start: start + range.lowerBound, count: range.count, owner: self)
  }

  deinit {
    guard owner == nil else { return }
    let bytes = MemoryReuse.size(for: max(count, 1) * MemoryLayout<Float>.stride)
    unsafe isReusable ? MemoryReuse.giveBack(start, bytes) : free(start)
  }
}
