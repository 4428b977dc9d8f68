import Foundation

/// What a file's first bytes say it is.
enum FileKind: Equatable {
  case image(ImageFile.Format)
  /// Another kind of picture, by name with its article.
  case other(String)
  /// Something known that is no picture, by name with its article.
  case noPicture(String)
  /// Nearly a PNG: bytes of its signature were changed on the way.
  case spoiledPNG
  case unknown

  static let signatureLength = 16

  private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  /// Both orders of bytes, TIFF and BigTIFF.
  private static let tiff: [[UInt8]] = [
    [0x49, 0x49, 0x2A, 0x00], [0x4D, 0x4D, 0x00, 0x2A], [0x49, 0x49, 0x2B, 0x00],
    [0x4D, 0x4D, 0x00, 0x2B],
  ]
  private static let pictures: [(signature: [UInt8], name: String)] = [
    (Array("GIF8".utf8), "a GIF"),
    (Array("BM".utf8), "a BMP"),
    (Array("RIFF".utf8), "a RIFF file, such as WebP"),
    ([0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50, 0x20, 0x20], "a JPEG 2000"),
    ([0xFF, 0x4F, 0xFF, 0x51], "a JPEG 2000"),
  ]
  private static let others: [(signature: [UInt8], name: String)] = [
    ([0x89] + Array("HDF\r\n".utf8), "an HDF5 file"),
    ([0x1F, 0x8B], "a gzip file"),
    ([0x50, 0x4B, 0x03, 0x04], "a zip archive"),
    (Array("%PDF".utf8), "a PDF"),
  ]

  init(firstBytes bytes: [UInt8]) {
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .image(.jpeg)
    } else if bytes.starts(with: Self.png) {
      self = .image(.png)
    } else if Self.tiff.contains(where: { bytes.starts(with: $0) }) {
      self = .image(.tiff)
    } else if let picture = Self.pictures.first(where: { bytes.starts(with: $0.signature) }) {
      self = .other(picture.name)
    } else if let other = Self.others.first(where: { bytes.starts(with: $0.signature) }) {
      self = .noPicture(other.name)
    } else {
      let same = zip(bytes, Self.png).count { $0 == $1 }
      self = same >= 4 || bytes.starts(with: Self.png.prefix(4)) ? .spoiledPNG : .unknown
    }
  }
}

/// The start of a regular file, or the reason there is none to read.
struct FileStart {
  let bytes: [UInt8]
  let byteCount: Int
  private let modified: Date?

  /// What tells whether the file is the same later.
  var stamp: FileStamp { FileStamp(byteCount: byteCount, modified: modified) }

  init(of url: URL) throws(ImageError) {
    let attributes: [FileAttributeKey: Any]
    let handle: FileHandle
    do {
      let target = url.resolvingSymlinksInPath().path
      attributes = try FileManager.default.attributesOfItem(atPath: target)
    } catch {
      throw ImageError(
        file: url,
        problem: FileManager.default.fileExists(atPath: url.path)
          ? "cannot be looked at; check its permissions."
          : "there is no such file; check the path.")
    }
    switch attributes[.type] as? FileAttributeType {
    case .typeRegular?: break
    case .typeDirectory?:
      throw ImageError(file: url, problem: "is a folder; give the image file inside it.")
    default:
      throw ImageError(file: url, problem: "is not a regular file; give an image file.")
    }
    do {
      handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      bytes = Array(try handle.read(upToCount: FileKind.signatureLength) ?? Data())
    } catch {
      throw ImageError(file: url, problem: "cannot be read; check its permissions.")
    }
    byteCount = (attributes[.size] as? NSNumber)?.intValue ?? bytes.count
    modified = attributes[.modificationDate] as? Date
  }
}
