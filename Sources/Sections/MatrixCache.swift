import Foundation

/// Large matrices sorted by gene, each in a file of its own; safe to delete.
///
/// Most files have counts by spot, and sorting hundreds of millions takes seconds: done once, the
/// result is kept as a ``GeneMajorFile`` and mapped from then on. What would take more memory than
/// allowed is sorted into its file part by part and never held.
public struct MatrixCache: Sendable {
  /// Where the files are.
  public let folder: URL
  /// The most bytes that a matrix may take in memory.
  public let memory: Int
  /// Matrices of fewer entries are sorted anew each time, which takes them no longer.
  public var fewestEntries = 20_000_000
  private var files: CacheFolder { CacheFolder(folder, mostBytes: 16 << 30) }

  /// The cache that sections are read with.
  @TaskLocal static var current: MatrixCache?

  /// - Parameter memory: half of the machine's by default.
  public init(folder: URL, memory: Int? = nil) {
    self.folder = folder
    self.memory = memory ?? Int(ProcessInfo.processInfo.physicalMemory / 2)
  }

  /// A matrix kept before, and what its entries were like; nil where there is none.
  func kept(_ origin: MatrixOrigin) -> (matrix: SparseMatrix, facts: EntryFacts)? {
    let url = url(of: origin)
    guard let file = GeneMajorFile(opening: url) else { return nil }
    files.touch(url)
    return (SparseMatrix(file), file.facts)
  }

  /// Whether a matrix is large enough to be kept, and is not yet.
  func lacks(_ origin: MatrixOrigin, entries: Int) -> Bool {
    entries >= fewestEntries && !FileManager.default.fileExists(atPath: url(of: origin).path)
  }

  /// Where a matrix is kept.
  func url(of origin: MatrixOrigin) -> URL { folder.appending(path: "\(origin.key).genes") }

  /// Keeps a section's counts, if they are large and were sorted to be read.
  ///
  /// A cache that cannot be written to is none, and nothing else.
  public func keep(_ section: Section) {
    guard let origin = section.countsOrigin, lacks(origin, entries: section.counts.entryCount)
    else { return }
    prepare()
    try? section.counts.write(geneMajor: url(of: origin), facts: section.countsFacts)
  }

  /// Makes the folder, and room in it.
  func prepare() {
    files.make()
    files.prune()
  }
}

/// Where a matrix came from: a file as it was then, and a place inside it.
public struct MatrixOrigin: Sendable, Hashable {
  /// Tells this matrix from others, and this state of the file from later ones.
  let key: String

  /// Nil where the file is not there.
  init?(file: URL, path: String) {
    var status = stat()
    guard stat(file.path, &status) == 0 else { return nil }
    let name = "\(file.standardizedFileURL.path)\0\(path)"
    let state =
      "\(status.st_size)-\(status.st_ino)-\(status.st_mtim.tv_sec)-\(status.st_mtim.tv_nsec)"
    // FNV-1a: the names of files told apart, not proven.
    let hash = (name + state).utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
    }
    let stem = file.deletingPathExtension().lastPathComponent.prefix(40)
    key = "\(stem)-\(String(hash, radix: 16))"
  }
}
