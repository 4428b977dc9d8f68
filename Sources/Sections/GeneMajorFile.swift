import Foundation

/// A sparse matrix stored by gene in a file of Eosin's own, mapped into memory: any gene is there at
/// once, and the system keeps as much of the rest in memory as there is room for.
///
/// The file, in this machine's byte order: the magic, the numbers of spots, genes and entries and the
/// five of ``EntryFacts`` as 64-bit numbers, `genes + 1` starts of 64 bits, a 32-bit spot for each
/// entry, a 32-bit float for each entry. It is a cache: one that does not fit is made again, and it may be deleted.
///
/// `@unchecked Sendable`: the mapped bytes are never written after `init`.
public final class GeneMajorFile: @unchecked Sendable {
  /// The number of spots.
  public let spotCount: Int
  /// `genes + 1` offsets into the entries, ascending from 0.
  public let starts: [Int]
  /// What the entries were like that it was made of.
  public let facts: EntryFacts

  private let map: UnsafeRawBufferPointer
  private let spots: UnsafeBufferPointer<UInt32>
  private let counts: UnsafeBufferPointer<Float>

  static let magic: UInt64 = 0x3230_676E_736F_6545  // `Eosng02`, with its byte order

  /// Maps a file; nil where there is none, or it is not whole.
  ///
  /// What is in its tables is checked, the entries themselves are not: the file is the user's own.
  public init?(opening url: URL) {
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size >= GeneMajorLayout.headLength else {
      return nil
    }
    let size = Int(status.st_size)
    guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
      address != MAP_FAILED
    else { return nil }
    let map = UnsafeRawBufferPointer(start: address, count: size)
    guard let layout = GeneMajorLayout(of: map) else {
      munmap(address, size)
      return nil
    }
    self.map = map
    spotCount = layout.spotCount
    facts = layout.facts
    // Safety: the layout was held against the file's length, and all offsets are aligned.
    starts = Array(
      UnsafeRawBufferPointer(rebasing: map[layout.starts]).bindMemory(to: Int.self))
    spots = UnsafeRawBufferPointer(rebasing: map[layout.spots]).bindMemory(to: UInt32.self)
    counts = UnsafeRawBufferPointer(rebasing: map[layout.counts]).bindMemory(to: Float.self)
    guard starts.first == 0, starts.last == spots.count,
      zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 })
    else { return nil }
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: map.baseAddress!), map.count) }

  func withEntries<Result>(
    _ range: Range<Int>, _ body: (Span<UInt32>, Span<Float>) -> Result
  ) -> Result {
    precondition(range.lowerBound >= 0 && range.upperBound <= spots.count)
    // Safety: the range was checked, and `self` keeps the map until the body returns.
    return withExtendedLifetime(self) {
      body(
        UnsafeBufferPointer(rebasing: spots[range]).span,
        UnsafeBufferPointer(rebasing: counts[range]).span)
    }
  }
}

/// Where the parts of a gene-major file lie, in bytes.
struct GeneMajorLayout {
  let spotCount: Int
  let starts: Range<Int>
  let spots: Range<Int>
  let counts: Range<Int>
  let facts: EntryFacts

  static let headLength = 9 * 8

  /// The parts of a matrix of given sizes.
  private init(spotCount: Int, geneCount: Int, entryCount: Int, facts: EntryFacts) {
    self.spotCount = spotCount
    self.facts = facts
    starts = Self.headLength..<Self.headLength + (geneCount + 1) * 8
    spots = starts.upperBound..<starts.upperBound + entryCount * 4
    counts = spots.upperBound..<spots.upperBound + entryCount * 4
  }

  /// The parts of a file; nil where its length is not what its head says.
  init?(of bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.headLength else { return nil }
    // Safety: the head is there.
    let head = (0..<9).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
    let numbers = head[1...].map { Int(clamping: $0) }
    let sizes = numbers[..<3]
    guard head[0] == GeneMajorFile.magic, sizes.allSatisfy({ $0 < bytes.count }),
      sizes[0] <= Int(UInt32.max)
    else { return nil }
    self.init(
      spotCount: sizes[0], geneCount: sizes[1], entryCount: sizes[2],
      facts: EntryFacts(numbers: Array(numbers[3...])))
    guard counts.upperBound == bytes.count else { return nil }
  }
}
