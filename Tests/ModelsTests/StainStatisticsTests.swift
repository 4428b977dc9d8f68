import Foundation
import Images
import Sections
import TestSupport
import Testing

@testable import Models

private func color(haematoxylin: Double, eosin: Double) -> (UInt8, UInt8, UInt8) {
  func unit(_ a: SIMD3<Double>) -> SIMD3<Double> { a / (a * a).sum().squareRoot() }
  let density =
    unit(StainDeconvolution.haematoxylin) * haematoxylin + unit(StainDeconvolution.eosin) * eosin
  func value(_ density: Double) -> UInt8 { UInt8((256 * exp(-density) - 1).rounded()) }
  return (value(density.x), value(density.y), value(density.z))
}

@Suite struct StainStatisticsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func image(
    _ name: String, width: Int, height: Int, _ color: (Int, Int) -> (UInt8, UInt8, UInt8)
  ) throws -> ImageFile {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let (red, green, blue) = color(x, y)
        pixels += [red, green, blue]
      }
    }
    let url = folder.url.appending(path: "\(name).png")
    try RGBImage(width: width, height: height, pixels: pixels).writePNG(to: url)
    return try ImageFile(opening: url)
  }

  private func spot(_ x: Double, _ y: Double) -> Spot {
    Spot(id: "\(x)x\(y)", column: 0, row: 0, x: x, y: y)
  }

  @Test(arguments: [(0.0, 0.0), (0.5, 0.0), (0.0, 0.7), (0.3, 0.4), (1.1, 0.2)])
  func `a colour mixed of both stains is taken apart again`(haematoxylin: Double, eosin: Double) {
    let (red, green, blue) = color(haematoxylin: haematoxylin, eosin: eosin)
    let found = StainDeconvolution()(red: red, green: green, blue: blue)
    // Colours are whole numbers, which costs about a hundredth of density.
    #expect(abs(Double(found.x) - haematoxylin) < 0.02, "\(found)")
    #expect(abs(Double(found.y) - eosin) < 0.02, "\(found)")
  }

  @Test func `an even colour has its stains as means and no gradients`() throws {
    let even = color(haematoxylin: 0.4, eosin: 0.3)
    let file = try image("even", width: 90, height: 70) { _, _ in even }
    // In the middle, at a corner and beyond the image.
    let spots = [spot(45, 35), spot(0, 0), spot(89, 69), spot(500, -20)]
    let statistics = try StainStatistics(of: spots, pitchPixels: 30, image: file)
    #expect(StainStatistics.names.count == 24 && statistics.values.count == 4 * 24)
    for (place, value) in statistics.values.enumerated() {
      let expected = place % 4 == 0 ? (place % 8 == 0 ? 0.4 : 0.3) : 0
      #expect(abs(value - expected) < 0.02, "\(StainStatistics.names[place % 24]): \(value)")
    }
    #expect(statistics.standardized().values.allSatisfy { $0 == 0 })
  }

  @Test func `a window sees its own side of the image, and the finest stripes most finely`() throws
  {
    let (pale, dark) = (
      color(haematoxylin: 0.1, eosin: 0.2), color(haematoxylin: 0.9, eosin: 0.2)
    )
    // Left: even and pale. Right: columns of two pixels, dark and pale.
    let file = try image("stripes", width: 200, height: 80) { x, _ in
      x < 100 || x / 2 % 2 == 0 ? pale : dark
    }
    let values = try StainStatistics(
      of: [spot(40, 40), spot(160, 40)], pitchPixels: 40, image: file
    ).values
    #expect(abs(values[0] - 0.1) < 0.02 && abs(values[24] - 0.5) < 0.02)
    #expect(values[1] < 0.01 && values[25] > 0.5)
    // At a quarter of the size, two pixels dark and two pale are one grey.
    #expect(values[27] < 0.1 * values[25])
  }

  @Test func `reading in strips or at once makes no difference`() throws {
    let file = try image("noise", width: 128, height: 300) { x, y in
      (UInt8(x * 37 % 251), UInt8(y * 53 % 247), UInt8((x * 11 + y * 29) % 241))
    }
    let whole = try StainTiles(
      of: file, covering: PixelRectangle(x: 0, y: 0, width: 128, height: 300), reducedBy: 1,
      side: 4, PredictionWork())
    #expect(whole.columns == 32 && whole.rows == 75)
    // Another first row puts the strips elsewhere.
    let lower = try StainTiles(
      of: file, covering: PixelRectangle(x: 0, y: 40, width: 128, height: 200), reducedBy: 1,
      side: 4, PredictionWork())
    #expect(lower.rows == 50 && lower.y == 40)
    for layer in 0..<StainTiles.layers {
      for row in 0..<50 {
        for column in 0..<32 {
          #expect(
            lower.values[(layer * 50 + row) * 32 + column]
              == whole.values[(layer * 75 + row + 10) * 32 + column])
        }
      }
    }
  }

  @Test func `standardizing takes a section's own level and spread away`() throws {
    let width = StainStatistics.names.count
    let values = (0..<5 * width).map { Double($0 * $0 % 17) }
    let first = StainStatistics(spotCount: 5, values: values).standardized()
    let second = StainStatistics(spotCount: 5, values: values.map { 3 * $0 + 7 }).standardized()
    for (a, b) in zip(first.values, second.values) { #expect(abs(a - b) < 1e-12) }
    let column = (0..<5).map { first.values[$0 * width] }
    #expect(abs(column.reduce(0, +)) < 1e-12)
    #expect(abs(column.reduce(0) { $0 + $1 * $1 } - 5) < 1e-12)
  }

  @Test func `an image is reduced until a pitch is near 136 pixels`() {
    #expect([50, 136, 190, 272, 600, 5000].map(StainStatistics.reduction) == [1, 1, 1, 2, 4, 32])
  }

  @Test func `a picture of one pixel, no spots and no pitch are borne`() throws {
    let file = try image("dot", width: 1, height: 1) { _, _ in (200, 100, 150) }
    let one = try StainStatistics(of: [spot(0, 0)], pitchPixels: 0, image: file)
    #expect(one.values.allSatisfy { $0.isFinite })
    #expect(try StainStatistics(of: [], pitchPixels: 10, image: file).spotCount == 0)
  }

  @Test func `reading stops when it is no longer wanted`() throws {
    let file = try image("grey", width: 64, height: 64) { _, _ in (128, 128, 128) }
    #expect(throws: ModelError.cancelled) {
      try StainStatistics(
        of: [spot(30, 30)], pitchPixels: 20, image: file, PredictionWork(isCancelled: { true }))
    }
  }
}
