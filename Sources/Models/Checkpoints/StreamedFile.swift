import Foundation

/// A file that is written piece by piece and appears whole or not at all.
///
/// The twin of Sections' `writeWhole` for what is too large to be held in memory.
@safe
struct StreamedFile {
  private let descriptor: Int32
  private let url: URL

  /// Lets `body` append to a temporary file beside the destination, which takes its name only
  /// when all is on disk; whatever goes wrong leaves what was there before.
  static func write(
    to destination: URL, replacing: Bool,
    _ body: (StreamedFile) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    // A link stays a link: what it points to is replaced.
    let url = destination.resolvingSymlinksInPath()
    var status = stat()
    // Safety: `status` outlives the call.
    if unsafe stat(url.path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw CheckpointError(file: url.path, problem: "is not a plain file. Name another.")
      }
      guard replacing else { throw alreadyThere(url) }
    }
    let name = ".\(url.lastPathComponent.prefix(100)).\(UInt32.random(in: .min ... .max)).partial"
    let temporary = url.deletingLastPathComponent().appending(path: name)
    let descriptor = unsafe open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw writingFailed(errno, url) }
    do throws(CheckpointError) {
      do throws(CheckpointError) {
        try body(StreamedFile(descriptor: descriptor, url: url))
        guard fsync(descriptor) == 0 else { throw writingFailed(errno, url) }
      } catch {
        close(descriptor)
        throw error
      }
      guard close(descriptor) == 0 else { throw writingFailed(errno, url) }
      try give(temporary, nameOf: url, replacing: replacing)
    } catch {
      unsafe unlink(temporary.path)
      throw error
    }
  }

  /// Writes bytes after those that are there.
  func append(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
    var done = 0
    while done < bytes.count {
      // Safety: `done` is less than the count, and `write` is told what is left.
      let written = unsafe Glibc.write(
        descriptor, bytes.baseAddress! + done, bytes.count - done)
      if written < 0 && errno == EINTR { continue }
      guard written >= 0 else { throw Self.writingFailed(errno, url) }
      done += written
    }
  }

  /// Moves the temporary file to its name.
  private static func give(
    _ temporary: URL, nameOf url: URL, replacing: Bool
  ) throws(CheckpointError) {
    if !replacing {
      // A second name fails where the first one is taken, which renaming does not.
      if unsafe link(temporary.path, url.path) == 0 {
        unsafe unlink(temporary.path)
        return
      }
      guard errno != EEXIST else { throw alreadyThere(url) }
      guard [EPERM, ENOSYS, EOPNOTSUPP, EMLINK].contains(errno) else {
        throw writingFailed(errno, url)
      }
      // Without links the name is taken by an empty file first.
      let reserved = unsafe open(url.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      guard reserved >= 0 else {
        throw errno == EEXIST ? alreadyThere(url) : writingFailed(errno, url)
      }
      close(reserved)
    }
    guard unsafe rename(temporary.path, url.path) == 0 else { throw writingFailed(errno, url) }
  }

  private static func alreadyThere(_ url: URL) -> CheckpointError {
    CheckpointError(
      file: url.path, problem: "is already there. Name another file, or ask to replace it.")
  }

  private static func writingFailed(_ number: Int32, _ url: URL) -> CheckpointError {
    let folder = url.deletingLastPathComponent().path
    let problem =
      switch number {
      case ENOENT, ENOTDIR: "there is no folder \(folder). Make it first."
      case EACCES, EPERM, EROFS: "the folder \(folder) is not yours to write in. Name another."
      case ENOSPC, EDQUOT: "the disk is full. Nothing was changed."
      default: "\(systemError(number))."
      }
    return CheckpointError(file: url.path, problem: "cannot be written: \(problem)")
  }
}
