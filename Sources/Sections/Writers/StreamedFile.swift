import Foundation

/// A file that is written piece by piece and appears whole or not at all.
///
/// The bytes go to a temporary file beside the destination, which takes its name only when they
/// are all on disk; a crash or a full disk leaves what was there before.
public struct StreamedFile {
  private let descriptor: Int32
  private let url: URL

  /// Lets `body` append to the file.
  ///
  /// - Parameter replacing: whether a file that is there may be replaced; where not, two programs
  ///   that write at once cannot both succeed.
  /// - Throws: what `body` throws, and when the folder is missing or may not be written to, the disk
  ///   is full, a file is there and may not be replaced, or the path names a folder or a device.
  public static func write(
    to destination: URL, replacing: Bool,
    _ body: (StreamedFile) throws(SectionError) -> Void
  ) throws(SectionError) {
    try place(at: destination, replacing: replacing) { temporary throws(SectionError) in
      let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { throw writingFailed(errno, destination) }
      do throws(SectionError) {
        try body(StreamedFile(descriptor: descriptor, url: destination))
        guard fsync(descriptor) == 0 else { throw writingFailed(errno, destination) }
      } catch {
        close(descriptor)
        throw error
      }
      guard close(descriptor) == 0 else { throw writingFailed(errno, destination) }
    }
  }

  /// Lets `body` make a file under a temporary name beside the destination, then gives it its name;
  /// for libraries that open files by themselves.
  public static func place(
    at destination: URL, replacing: Bool, _ body: (_ temporary: URL) throws(SectionError) -> Void
  ) throws(SectionError) {
    // A link stays a link: what it points to is replaced.
    let url = destination.resolvingSymlinksInPath()
    var status = stat()
    if stat(url.path, &status) == 0 {
      guard status.st_mode & S_IFMT != S_IFDIR else {
        throw SectionError(
          file: destination, problem: "is a folder. Name the file to write in it.")
      }
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw SectionError(file: destination, problem: "is not a plain file. Name another.")
      }
      guard replacing else { throw alreadyThere(destination) }
    }
    let name = ".\(url.lastPathComponent.prefix(100)).\(UInt32.random(in: .min ... .max)).partial"
    let temporary = url.deletingLastPathComponent().appending(path: name)
    do throws(SectionError) {
      try body(temporary)
      try give(temporary, nameOf: url, replacing: replacing)
    } catch {
      unlink(temporary.path)
      throw error
    }
  }

  /// Writes bytes after those that are there.
  public func append(_ bytes: UnsafeRawBufferPointer) throws(SectionError) {
    var done = 0
    while done < bytes.count {
      // Safety: `done` is less than the count, and `write` is told what is left.
      let written = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      if written < 0 && errno == EINTR { continue }
      guard written >= 0 else { throw Self.writingFailed(errno, url) }
      done += written
    }
  }

  /// Writes numbers, as they lie in memory, after what is there.
  public func append<Number: BitwiseCopyable>(_ numbers: [Number]) throws(SectionError) {
    try numbers.withUnsafeBufferPointer { numbers throws(SectionError) in
      try append(UnsafeRawBufferPointer(numbers))
    }
  }

  /// Writes what is in another file after what is there.
  func append(contentsOf other: URL) throws(SectionError) {
    guard let data = try? Data(contentsOf: other, options: .alwaysMapped) else {
      throw SectionError(file: other, problem: "cannot be read again.")
    }
    var result: Result<Void, SectionError> = .success(())
    data.withUnsafeBytes { bytes in
      result = Result { () throws(SectionError) in try append(bytes) }
    }
    try result.get()
  }

  /// Moves the temporary file to its name.
  private static func give(
    _ temporary: URL, nameOf url: URL, replacing: Bool
  ) throws(SectionError) {
    if !replacing {
      // A second name fails where the first one is taken, which renaming does not.
      if link(temporary.path, url.path) == 0 {
        unlink(temporary.path)
        return
      }
      guard errno != EEXIST else { throw alreadyThere(url) }
      guard [EPERM, ENOSYS, EOPNOTSUPP, EMLINK].contains(errno) else {
        throw writingFailed(errno, url)
      }
      // Without links the name is taken by an empty file first.
      let reserved = open(url.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      guard reserved >= 0 else {
        throw errno == EEXIST ? alreadyThere(url) : writingFailed(errno, url)
      }
      close(reserved)
    }
    guard rename(temporary.path, url.path) == 0 else { throw writingFailed(errno, url) }
  }

  private static func alreadyThere(_ url: URL) -> SectionError {
    SectionError(
      file: url, problem: "is already there. Name another file, or ask to replace it.")
  }

  private static func writingFailed(_ number: Int32, _ url: URL) -> SectionError {
    let folder = url.deletingLastPathComponent().path
    let problem =
      switch number {
      case ENOENT, ENOTDIR: "there is no folder \(folder). Make it first."
      case EACCES, EPERM, EROFS:
        "the folder \(folder) is not yours to write in. Name another."
      case ENOSPC, EDQUOT: "the disk is full. Nothing was changed."
      default: "\(systemMessage(number))."
      }
    return SectionError(file: url, problem: "cannot be written: \(problem)")
  }
}

/// Writes a file whole or not at all; see ``StreamedFile``.
public func writeWhole(
  _ data: [UInt8], to destination: URL, replacing: Bool
) throws(SectionError) {
  try StreamedFile.write(to: destination, replacing: replacing) { file throws(SectionError) in
    try file.append(data)
  }
}
