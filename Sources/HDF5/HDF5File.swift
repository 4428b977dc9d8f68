import CHDF5
import Foundation
import Synchronization

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
    self.url = url
    byteCount = source.byteCount
    root = HDF5Group(source: source, handle: source.handle, path: "/")
  }

  /// Whether a file begins as HDF5 files do; false where it cannot be read.
  public static func recognizes(_ url: URL) -> Bool {
    guard let descriptor = regularFile(url) else { return false }
    defer { close(descriptor.number) }
    return Superblock(descriptor.number, byteCount: descriptor.byteCount) != nil
  }
}

/// The open file behind groups and datasets: HDF5's handle, and a descriptor to read stretches that
/// need no HDF5.
final class HDF5Source: Sendable {
  let url: URL
  let byteCount: Int
  let descriptor: Int32
  let bytes: AddressedBytes
  let handle: HDF5Handle
  /// Where headers lie that were looked at.
  let soundHeaders = Mutex<Set<Int>>([])

  init(opening url: URL) throws(HDF5Error) {
    errno = 0
    guard let (descriptor, byteCount) = regularFile(url) else {
      let problem =
        errno == 0
        ? "is no file. Give an HDF5 file."
        : "cannot be opened: \(unsafe String(cString: strerror(errno))). Check the path."
      throw HDF5Error(file: url, problem: problem)
    }
    do throws(HDF5Error) {
      (bytes, handle) = try Self.open(url, descriptor, byteCount: byteCount)
    } catch {
      close(descriptor)
      throw error
    }
    self.url = url
    self.byteCount = byteCount
    self.descriptor = descriptor
  }

  private static func open(
    _ url: URL, _ descriptor: Int32, byteCount: Int
  ) throws(HDF5Error) -> (AddressedBytes, HDF5Handle) {
    guard let superblock = Superblock(descriptor, byteCount: byteCount) else {
      throw HDF5Error(
        file: url,
        problem: "is no HDF5 file, to go by its first bytes. Check that it is the right file.")
    }
    guard !superblock.isCutShort else {
      throw HDF5Error(
        file: url,
        problem: "is cut short: it has \(byteCount) bytes and should have more. Copy it again.")
    }
    guard superblock.isSound else {
      throw HDF5Error(
        file: url, problem: "has a header that is damaged. Export or copy the file again.")
    }
    let handle = try withLibrary { () throws(HDF5Error) in
      guard let handle = HDF5Handle(unsafe eosin_hdf5_open(url.path)) else {
        throw HDF5Error(
          file: url,
          problem: "is an HDF5 file that cannot be opened\(hdf5Explanation()). "
            + "Copy or export it again.")
      }
      return handle
    }
    return (superblock.bytes, handle)
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
