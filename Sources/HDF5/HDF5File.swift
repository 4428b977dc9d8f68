import CHDF5
import Foundation

/// An HDF5 file open for reading.
///
/// Groups and datasets keep the file open for as long as they are used. What is read may be asked
/// for from any thread; the library's own calls run one at a time.
public struct HDF5File: Sendable {
  /// The file.
  public let url: URL
  /// Its size, which bounds what is believed of its contents.
  public let byteCount: Int
  /// The group that holds all others.
  public let root: HDF5Group

  /// Opens a file.
  ///
  /// - Throws: for a file that is not there, is no HDF5 file, or is cut short.
  public init(opening url: URL) throws(HDF5Error) {
    let source = try HDF5Source(opening: url)
    guard ObjectHeader.isSound("/", from: source.handle, in: source) else {
      throw source.error("/", "has a header that is damaged. Export or copy the file again.")
    }
    self.url = url
    byteCount = source.byteCount
    root = HDF5Group(source: source, handle: source.handle, path: "/")
  }

  /// Whether a file begins as HDF5 files do; false where it cannot be read.
  public static func recognizes(_ url: URL) -> Bool {
    guard let descriptor = regularFile(url) else { return false }
    defer { close(descriptor.number) }
    return hasSignature(descriptor.number, byteCount: descriptor.byteCount)
  }
}

/// The open file behind groups and datasets: HDF5's handle, and a descriptor to read stretches that
/// need no HDF5.
final class HDF5Source: Sendable {
  let url: URL
  let byteCount: Int
  let descriptor: Int32
  let handle: HDF5Handle

  init(opening url: URL) throws(HDF5Error) {
    errno = 0
    guard let (descriptor, byteCount) = regularFile(url) else {
      let problem =
        errno == 0
        ? "is no file. Give an HDF5 file."
        : "cannot be opened: \(unsafe String(cString: strerror(errno))). Check the path."
      throw HDF5Error(file: url, problem: problem)
    }
    let opened = withLibrary { () -> Result<HDF5Handle, HDF5Error> in
      guard hasSignature(descriptor, byteCount: byteCount) else {
        return .failure(
          HDF5Error(
            file: url,
            problem: "is no HDF5 file, to go by its first bytes. Check that it is the right file."))
      }
      if let handle = HDF5Handle(unsafe eosin_hdf5_open(url.path)) { return .success(handle) }
      let explanation = hdf5Explanation()
      let problem =
        explanation.contains("truncated file")
        ? "is cut short: it has \(byteCount) bytes and should have more. Copy it again."
        : "is an HDF5 file that cannot be opened\(explanation). Copy or export it again."
      return .failure(HDF5Error(file: url, problem: problem))
    }
    switch opened {
    case .success(let handle): self.handle = handle
    case .failure(let error):
      close(descriptor)
      throw error
    }
    self.url = url
    self.byteCount = byteCount
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// An error about something in the file.
  func error(_ path: String, _ problem: String) -> HDF5Error {
    HDF5Error(file: url, object: path == "/" ? nil : path, problem: problem)
  }
}

/// Opens a file that is no folder, device or pipe, which might keep the reader waiting.
private func regularFile(_ url: URL) -> (number: Int32, byteCount: Int)? {
  let descriptor = unsafe open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else { return nil }
  var status = stat()
  guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
    close(descriptor)
    errno = 0
    return nil
  }
  return (descriptor, Int(status.st_size))
}

/// Whether HDF5's signature is at the file's start, or after a user block of 512 bytes or a power of
/// two more.
private func hasSignature(_ descriptor: Int32, byteCount: Int) -> Bool {
  let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
  var offset = 0
  while offset + 8 <= byteCount {
    var bytes = [UInt8](repeating: 0, count: 8)
    // Safety: eight bytes are asked for, and there is room for them.
    guard unsafe pread(descriptor, &bytes, 8, offset) == 8 else { return false }
    if bytes == signature { return true }
    offset = offset == 0 ? 512 : 2 * offset
  }
  return false
}
