/// How a picture's pixels are made from those of one of another size.
///
/// Along an axis that becomes shorter a pixel is the mean over the part of the old picture it covers,
/// whatever the case; the cases tell what lies between pixels that are drawn apart.
public enum ImageResampling: String, Codable, Sendable, CaseIterable {
  /// The two nearest pixels, in proportion to their nearness.
  case bilinear
  /// The four nearest, by cubic convolution with a = −0.75.
  case bicubic
}

extension RGBImage {
  /// The picture in another size; the edges of both lie on each other.
  ///
  /// A new pixel's centre is at `(i + ½) · old / new − ½` of the old picture, whose outermost pixels
  /// go on beyond its edge. Values are rounded to the nearest, halves up, and kept within 0...255.
  ///
  /// Source: area, linear and cubic interpolation as OpenCV's `resize` defines them. Departure:
  /// sums are taken along x and then along y in `Float`, where OpenCV rounds its weights to 11 bits,
  /// so that a value may differ by one.
  public func resized(
    toWidth newWidth: Int, height newHeight: Int, _ resampling: ImageResampling = .bilinear
  ) -> RGBImage {
    precondition(width > 0 && height > 0 && newWidth > 0 && newHeight > 0, "a picture has pixels")
    if newWidth == width && newHeight == height { return self }
    let columns = AxisWeights(from: width, to: newWidth, resampling)
    let rows = AxisWeights(from: height, to: newHeight, resampling)
    let narrow = columns.sums(ofPixels: pixels, rows: height, width: width)
    let values = rows.sums(ofRows: narrow, length: newWidth * 3)
    return RGBImage(
      width: newWidth, height: newHeight,
      pixels: values.map { UInt8(min(max($0 + 0.5, 0), 255)) })
  }
}

/// Which old pixels along an axis make each new one, and how much each of them counts.
private struct AxisWeights {
  /// How many old pixels make a new one, at most.
  let taps: Int
  /// `[new, taps]`, the old pixels' places; those that do not count are any.
  let places: [Int]
  /// `[new, taps]`, each new pixel's adding up to 1.
  let weights: [Float]

  init(from old: Int, to new: Int, _ resampling: ImageResampling) {
    let scale = Double(old) / Double(new)
    let pixels = (0..<new).map { pixel in
      if new < old { return Self.covered(from: Double(pixel) * scale, scale, of: old) }
      let centre = (Double(pixel) + 0.5) * scale - 0.5
      return resampling == .bilinear ? Self.linear(centre) : Self.cubic(centre)
    }
    let taps = pixels.map(\.count).max() ?? 0
    self.taps = taps
    places = pixels.flatMap { pixel in
      (0..<taps).map { min(max($0 < pixel.count ? pixel[$0].place : 0, 0), old - 1) }
    }
    weights = pixels.flatMap { pixel in
      (0..<taps).map { $0 < pixel.count ? Float(pixel[$0].weight) : 0 }
    }
  }

  private typealias Tap = (place: Int, weight: Double)

  /// The pixels between `start` and a width further, each by the share of the width it fills.
  private static func covered(from start: Double, _ width: Double, of old: Int) -> [Tap] {
    let end = min(start + width, Double(old))
    return (Int(start)..<max(Int(end.rounded(.up)), Int(start) + 1)).map { place in
      (place, (min(end, Double(place + 1)) - max(start, Double(place))) / (end - start))
    }.filter { $0.1 > 1e-9 }
  }

  private static func linear(_ centre: Double) -> [Tap] {
    let left = centre.rounded(.down)
    return [(Int(left), 1 - (centre - left)), (Int(left) + 1, centre - left)]
  }

  private static func cubic(_ centre: Double) -> [Tap] {
    let left = centre.rounded(.down)
    return (-1...2).map { step in
      let a = -0.75
      let distance = abs(centre - left - Double(step))
      let weight =
        distance <= 1
        ? ((a + 2) * distance - (a + 3)) * distance * distance + 1
        : ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a
      return (Int(left) + step, weight)
    }
  }

  /// `[rows, new · 3]` from `[rows, width · 3]` bytes.
  func sums(ofPixels pixels: [UInt8], rows: Int, width: Int) -> [Float] {
    let new = places.count / taps
    var out = [Float](repeating: 0, count: rows * new * 3)
    var target = out.mutableSpan
    let (source, places, weights) = (pixels.span, places.span, weights.span)
    for row in 0..<rows {
      for pixel in 0..<new {
        var (red, green, blue) = (Float(0), Float(0), Float(0))
        for tap in pixel * taps..<(pixel + 1) * taps {
          let from = (row &* width &+ places[tap]) &* 3
          red += weights[tap] * Float(source[from])
          green += weights[tap] * Float(source[from &+ 1])
          blue += weights[tap] * Float(source[from &+ 2])
        }
        let to = (row &* new &+ pixel) &* 3
        target[to] = red
        target[to &+ 1] = green
        target[to &+ 2] = blue
      }
    }
    return out
  }

  /// `[new, length]` from `[old, length]`.
  func sums(ofRows values: [Float], length: Int) -> [Float] {
    var out = [Float](repeating: 0, count: places.count / taps * length)
    var target = out.mutableSpan
    let source = values.span
    for tap in places.indices where weights[tap] != 0 {
      let (weight, to, from) = (weights[tap], tap / taps * length, places[tap] * length)
      for index in 0..<length { target[to &+ index] += weight * source[from &+ index] }
    }
    return out
  }
}
