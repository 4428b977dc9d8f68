import Foundation

/// Writes a file whole or not at all.
///
/// The bytes go to a temporary file beside the destination, which takes its name only when they
/// are all on disk; a crash or a full disk leaves what was there before.
/// - Parameter replacing: whether a file that is there may be replaced; where not, two programs
///   that write at once cannot both succeed.
/// - Throws: when the folder is missing or may not be written to, the disk is full, a file is
///   there and may not be replaced, or the path names a folder or a device.
public func writeWhole(
  _ data: [UInt8], to destination: URL, replacing: Bool
) throws(SectionError) {
  func failed(_ problem: String) -> SectionError {
    SectionError(file: destination, problem: problem)
  }
  // A link stays a link: what it points to is replaced.
  let url = destination.resolvingSymlinksInPath()
  var status = stat()
  if stat(url.path, &status) == 0 {
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw failed("is a folder. Name the file to write in it.")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw failed("is not a plain file. Name another.")
    }
    guard replacing else { throw failed(alreadyThere) }
  }
  let name = ".\(url.lastPathComponent.prefix(100)).\(UInt32.random(in: .min ... .max)).partial"
  let temporary = url.deletingLastPathComponent().appending(path: name)
  let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  guard descriptor >= 0 else { throw failed(writingProblem(errno, in: url)) }

  var failure = writeAll(data, to: descriptor)
  if failure == 0 && fsync(descriptor) != 0 { failure = errno }
  if close(descriptor) != 0 && failure == 0 { failure = errno }
  if failure == 0 { failure = give(temporary, nameOf: url, replacing: replacing) }
  guard failure == 0 else {
    unlink(temporary.path)
    throw failed(failure == EEXIST ? alreadyThere : writingProblem(failure, in: url))
  }
}

private let alreadyThere = "is already there. Name another file, or ask to replace it."

private func writingProblem(_ number: Int32, in url: URL) -> String {
  let folder = url.deletingLastPathComponent().path
  switch number {
  case ENOENT, ENOTDIR: return "cannot be written: there is no folder \(folder). Make it first."
  case EACCES, EPERM, EROFS:
    return "cannot be written: the folder \(folder) is not yours to write in. Name another."
  case ENOSPC, EDQUOT: return "cannot be written: the disk is full. Nothing was changed."
  default: return "cannot be written: \(systemMessage(number))."
  }
}

/// Writes all bytes; gives 0 or the error number.
private func writeAll(_ data: [UInt8], to descriptor: Int32) -> Int32 {
  data.withUnsafeBytes { bytes in
    var done = 0
    while done < bytes.count {
      // Safety: `done` is less than the count, and `write` is told what is left.
      let written = write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      if written < 0 && errno == EINTR { continue }
      if written < 0 { return errno }
      done += written
    }
    return 0
  }
}

/// Moves the temporary file to its name; gives 0 or the error number.
private func give(_ temporary: URL, nameOf url: URL, replacing: Bool) -> Int32 {
  if !replacing {
    // A second name fails where the first one is taken, which renaming does not.
    if link(temporary.path, url.path) == 0 {
      unlink(temporary.path)
      return 0
    }
    guard [EPERM, ENOSYS, EOPNOTSUPP, EMLINK].contains(errno) else { return errno }
    // Without links the name is taken by an empty file first.
    let reserved = open(url.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard reserved >= 0 else { return errno }
    close(reserved)
  }
  return rename(temporary.path, url.path) == 0 ? 0 : errno
}
