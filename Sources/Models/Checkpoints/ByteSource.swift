import Foundation

/// The bytes of a mapped file, or of memory, read at checked offsets.
///
/// The map lives as long as this object. A file that another program cuts short meanwhile ends
/// the process, as with every memory map; Eosin itself replaces files and never shortens them.
///
/// `@unchecked Sendable`: the bytes are never written after `init`.
@safe
final class ByteSource: @unchecked Sendable {
  /// The path, for messages.
  let file: String
  private let bytes: UnsafeRawBufferPointer
  private let isMapped: Bool
  /// Who keeps the bytes, where it is not this object.
  private let owner: AnyObject?

  /// Maps a file.
  init(mapping url: URL) throws(CheckpointError) {
    file = url.path
    owner = nil
    func failed(_ problem: String) -> CheckpointError {
      CheckpointError(file: url.path, problem: problem)
    }
    let descriptor = unsafe open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failed(Self.openingProblem(errno)) }
    defer { close(descriptor) }
    var status = stat()
    // Safety: `status` outlives the call.
    guard unsafe fstat(descriptor, &status) == 0 else { throw failed(Self.openingProblem(errno)) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw failed("is not a plain file. Name a checkpoint file.")
    }
    let size = Int(status.st_size)
    isMapped = size > 0
    guard size > 0 else {
      unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    // Safety: the map is `size` bytes long and undone in `deinit` only.
    let address = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      throw failed(Self.openingProblem(errno))
    }
    unsafe bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  /// Memory of a size that `fill` writes to; nil when `fill` says it failed.
  init?(file: String, count: Int, filling fill: (UnsafeMutableRawBufferPointer) -> Bool) {
    self.file = file
    isMapped = false
    owner = nil
    // Safety: freed in `deinit`; zeroed, so that nothing unwritten is ever read.
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0)
    unsafe bytes = UnsafeRawBufferPointer(memory)
    guard unsafe fill(memory) else { return nil }
  }

  /// Bytes that somebody else keeps.
  ///
  /// Safety: the caller promises that they live as long as `owner` and never change.
  @unsafe init(borrowing bytes: UnsafeRawBufferPointer, of owner: AnyObject, file: String) {
    self.file = file
    isMapped = false
    self.owner = owner
    unsafe self.bytes = bytes
  }

  /// A copy of bytes in memory.
  convenience init(_ array: [UInt8], file: String) {
    // Safety: as many bytes are copied as were allocated. Filling says it succeeded.
    unsafe self.init(file: file, count: array.count) { memory in
      unsafe memory.copyBytes(from: array)
      return true
    }!
  }

  deinit {
    // Safety: nothing keeps a pointer beyond the closures it was handed to.
    if owner != nil { return }
    if isMapped {
      unsafe munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), bytes.count)
    } else {
      unsafe bytes.deallocate()
    }
  }

  /// How many bytes there are.
  var count: Int { unsafe bytes.count }

  /// One byte; the offset must lie inside.
  subscript(offset: Int) -> UInt8 {
    precondition(offset >= 0 && offset < count, "byte \(offset) of \(count)")
    // Safety: checked above.
    return unsafe bytes[offset]
  }

  /// A little-endian number; it must lie inside.
  func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type) -> Number {
    unsafe withBytes(in: offset..<offset + MemoryLayout<Number>.size) { bytes in
      // Safety: the range is exactly as long as the number.
      unsafe Number(littleEndian: bytes.loadUnaligned(as: type))
    }
  }

  /// A copy of some bytes; the range must lie inside.
  func array(_ range: Range<Int>) -> [UInt8] {
    // Safety: the bytes are copied within the closure.
    unsafe withBytes(in: range) { bytes in unsafe Array(bytes) }
  }

  /// Hands out some bytes for the time of a call; the range must lie inside.
  func withBytes<Result, Failure: Error>(
    in range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) of \(count) bytes")
    // Safety: checked above, and `self` is alive until the body returns.
    return try withExtendedLifetime(self) { () throws(Failure) -> Result in
      try unsafe body(UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
  }

  private static func openingProblem(_ number: Int32) -> String {
    switch number {
    case ENOENT, ENOTDIR: "is not there. Check the path."
    case EACCES, EPERM: "may not be read by you. Ask for permission, or copy it."
    default: "cannot be read (\(systemError(number)))."
    }
  }
}

/// The system's words for an error number.
func systemError(_ number: Int32) -> String {
  POSIXErrorCode(rawValue: number).map { POSIXError($0).localizedDescription }
    ?? "error \(number)"
}
