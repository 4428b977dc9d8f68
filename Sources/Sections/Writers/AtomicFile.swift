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
  try writeWhole(to: destination, replacing: replacing) { (temporary) throws(SectionError) in
    let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    var failure = descriptor < 0 ? errno : writeAll(data, to: descriptor)
    if descriptor >= 0, close(descriptor) != 0, failure == 0 { failure = errno }
    guard failure == 0 else {
      throw SectionError(
        file: destination,
        problem: writingProblem(failure, in: destination.resolvingSymlinksInPath()))
    }
  }
}

/// Writes a file whole or not at all, by whatever means.
///
/// - Parameter write: makes the file, under a name that is not taken yet, beside the destination.
/// - Throws: as above, and what `write` throws; the temporary file is removed then.
public func writeWhole(
  to destination: URL, replacing: Bool, _ write: (URL) throws(SectionError) -> Void
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
  let folder = url.deletingLastPathComponent()
  // What makes the file may not tell as well what is wrong with its folder.
  if access(folder.path, W_OK | X_OK) != 0 { throw failed(writingProblem(errno, in: url)) }
  let name = ".\(url.lastPathComponent.prefix(100)).\(UInt32.random(in: .min ... .max)).partial"
  let temporary = folder.appending(path: name)
  do throws(SectionError) { try write(temporary) } catch {
    unlink(temporary.path)
    throw error
  }
  var failure = putOnDisk(temporary)
  if failure == 0 { failure = give(temporary, nameOf: url, replacing: replacing) }
  guard failure == 0 else {
    unlink(temporary.path)
    throw failed(failure == EEXIST ? alreadyThere : writingProblem(failure, in: url))
  }
}

/// Waits until a file is on disk; gives 0 or the error number.
private func putOnDisk(_ file: URL) -> Int32 {
  let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return errno }
  var failure: Int32 = fsync(descriptor) == 0 ? 0 : errno
  if close(descriptor) != 0, failure == 0 { failure = errno }
  return failure
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
