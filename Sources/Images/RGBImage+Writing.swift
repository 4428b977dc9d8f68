import CPNG
import CTurboJPEG
import Foundation

extension RGBImage {
  /// The picture as a PNG file's bytes: 8-bit RGB, not interlaced.
  public func pngData() throws(ImageError) -> Data {
    guard let width = UInt32(exactly: width), let height = UInt32(exactly: height),
      width > 0, height > 0, max(self.width, self.height) <= StoredPicture.longestSide
    else {
      throw ImageError(
        picture: self,
        problem: "a PNG holds 1 to \(StoredPicture.longestSide) pixels a side; change its size.")
    }
    var length = 0
    // Safety: the shim reads `width · height · 3` bytes, which is what `pixels` holds.
    let bytes = pixels.withUnsafeBufferPointer {
      eosin_png_encode($0.baseAddress, width, height, &length)
    }
    guard let bytes else {
      throw ImageError(picture: self, problem: "there is no memory to write it as PNG.")
    }
    // Safety: the shim gives `length` bytes from malloc, which the data frees once.
    return Data(bytesNoCopy: bytes, count: length, deallocator: .free)
  }

  /// Writes a PNG file whole or not at all: beside its place first, then renamed.
  public func writePNG(to url: URL) throws(ImageError) {
    try write(try pngData(), to: url)
  }

  /// The picture as a JPEG file's bytes, with colour at half resolution (4:2:0).
  ///
  /// - Parameter quality: 1 to 100, as libjpeg counts it.
  public func jpegData(quality: Int = 90) throws(ImageError) -> Data {
    try jpegData(quality: quality, subsampling: TJSAMP_420)
  }

  /// The same with another sampling of colour, or progressive.
  func jpegData(
    quality: Int, subsampling: TJSAMP, isProgressive: Bool = false
  ) throws(ImageError) -> Data {
    precondition((1...100).contains(quality), "a quality is 1 to 100, not \(quality)")
    let longest = 65_500
    guard (1...longest).contains(width), (1...longest).contains(height) else {
      throw ImageError(
        picture: self, problem: "a JPEG holds 1 to \(longest) pixels a side; change its size.")
    }
    guard let encoder = tjInitCompress() else {
      throw ImageError(picture: self, problem: "there is no memory to write it as JPEG.")
    }
    defer { tjDestroy(encoder) }
    var bytes: UnsafeMutablePointer<UInt8>?
    var length: UInt = 0
    let flags = TJFLAG_ACCURATEDCT | (isProgressive ? TJFLAG_PROGRESSIVE : 0)
    // Safety: TurboJPEG reads `height` rows of `width · 3` bytes, which is what `pixels` holds.
    let result = pixels.withUnsafeBufferPointer {
      tjCompress2(
        encoder, $0.baseAddress, Int32(width), 0, Int32(height), Int32(TJPF_RGB.rawValue), &bytes,
        &length, Int32(subsampling.rawValue), Int32(quality), flags)
    }
    defer { tjFree(bytes) }
    guard result == 0, let bytes else {
      // Safety: TurboJPEG keeps a text with its closing zero as long as the encoder lives.
      let message = String(cString: tjGetErrorStr2(encoder))
      throw ImageError(picture: self, problem: "cannot be written as JPEG (\(message)).")
    }
    // Safety: TurboJPEG gives `length` bytes, copied before they are freed.
    return Data(bytes: bytes, count: Int(length))
  }

  /// Writes a JPEG file whole or not at all: beside its place first, then renamed.
  public func writeJPEG(to url: URL, quality: Int = 90) throws(ImageError) {
    try write(try jpegData(quality: quality), to: url)
  }

  private func write(_ data: Data, to url: URL) throws(ImageError) {
    do {
      try data.write(to: url, options: .atomic)
    } catch {
      let reason =
        (error as NSError).userInfo[NSUnderlyingErrorKey]
        .flatMap { ($0 as? POSIXError)?.code.rawValue }
        // Safety: strerror gives a text with its closing zero, copied at once.
        .map { String(cString: strerror($0)) }
      throw ImageError(
        file: url,
        problem: "cannot be written (\(reason ?? error.localizedDescription)); "
          + "check the folder and the room on the disk.")
    }
  }
}
