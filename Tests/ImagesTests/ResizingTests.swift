import Testing

@testable import Images

@Suite struct ResizingTests {
  /// A row of grey values as a picture.
  private func row(_ values: [UInt8]) -> RGBImage {
    RGBImage(width: values.count, height: 1, pixels: values.flatMap { [$0, $0, $0] })
  }

  private func reds(_ image: RGBImage) -> [Int] {
    stride(from: 0, to: image.pixels.count, by: 3).map { Int(image.pixels[$0]) }
  }

  @Test func `a smaller picture has the means over what its pixels cover`() {
    let picture = row([0, 60, 120, 30, 90])
    // 5 pixels on 2: the middle one goes half to either side.
    #expect(reds(picture.resized(toWidth: 2, height: 1)) == [48, 72])
    #expect(reds(picture.resized(toWidth: 1, height: 1)) == [60])
  }

  @Test func `a larger picture goes from pixel to pixel, and on at its edges`() {
    let picture = row([0, 100])
    #expect(reds(picture.resized(toWidth: 4, height: 1)) == [0, 25, 75, 100])
    // Cubic weights at ¼ and ¾ with a = −0.75, computed by hand; the outermost overshoot.
    let cubic = reds(row([100, 200]).resized(toWidth: 4, height: 1, .bicubic))
    #expect(cubic == [89, 123, 177, 211])
  }

  @Test func `rows are treated as columns are`() {
    var picture = RGBImage(width: 3, height: 3)
    for y in 0..<3 {
      for x in 0..<3 { picture[x, y] = (UInt8(x * 50 + y * 20), UInt8(y * 90), 7) }
    }
    var turned = RGBImage(width: 3, height: 3)
    for y in 0..<3 {
      for x in 0..<3 { turned[y, x] = picture[x, y] }
    }
    for resampling in ImageResampling.allCases {
      let (one, other) = (
        picture.resized(toWidth: 7, height: 2, resampling),
        turned.resized(toWidth: 2, height: 7, resampling)
      )
      for y in 0..<2 {
        for x in 0..<7 { #expect(one[x, y] == other[y, x]) }
      }
    }
  }

  @Test(arguments: ImageResampling.allCases)
  func `one colour stays one colour in any size`(resampling: ImageResampling) {
    let picture = RGBImage(width: 17, height: 13, filledWith: (200, 3, 255))
    for side in [1, 4, 13, 16, 17, 30, 224] {
      let resized = picture.resized(toWidth: side, height: side, resampling)
      #expect(resized == RGBImage(width: side, height: side, filledWith: (200, 3, 255)))
    }
  }
}
