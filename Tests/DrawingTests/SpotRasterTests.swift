import Drawing
import Foundation
import Images
import Testing

/// A square lattice with the given pitch.
private func square(_ side: Int, pitch: Double) -> SpotLayout {
  let positions = (0..<side * side).map { (Double($0 % side) * pitch, Double($0 / side) * pitch) }
  return SpotLayout(x: positions.map(\.0), y: positions.map(\.1))
}

/// A hexagonal lattice: every second row moved by half a pitch.
private func hexagonal(_ side: Int, pitch: Double) -> SpotLayout {
  let positions = (0..<side * side).map { index in
    let row = index / side
    return (
      (Double(index % side) + (row.isMultiple(of: 2) ? 0 : 0.5)) * pitch,
      Double(row) * pitch * 0.75.squareRoot()
    )
  }
  return SpotLayout(x: positions.map(\.0), y: positions.map(\.1))
}

@Suite struct SpotRasterTests {
  @Test func `the pitch of a lattice is found, whatever its kind`() {
    #expect(abs(square(12, pitch: 264).pitch - 264) < 1e-9)
    #expect(abs(hexagonal(12, pitch: 137).pitch - 137) < 1e-9)
    #expect(SpotLayout(x: [5], y: [7]).pitch == 1)
    #expect(SpotLayout(x: [], y: []).count == 0)
  }

  @Test(arguments: [20, 31, 64, 200])
  func `every spot that fits is on the raster and can be found by its point`(width: Int) {
    for layout in [square(10, pitch: 250), hexagonal(10, pitch: 250)] {
      let viewport = Viewport(fitting: layout, width: width, height: width)
      let raster = SpotRaster(layout, viewport: viewport, width: width, height: width)
      let seen = Set(raster.spotAtPoint.filter { $0 >= 0 })
      #expect(seen.count == layout.count)
      for spot in 0..<layout.count {
        let point = viewport.point(
          imageX: layout.x[spot], imageY: layout.y[spot], width: width, height: width)
        #expect(raster.spot(atX: Int(point.x.rounded()), y: Int(point.y.rounded())) == spot)
      }
    }
  }

  @Test func `far spots make one surface, near ones are discs with gaps`() {
    let layout = square(10, pitch: 100)
    let far = SpotRaster(
      layout, viewport: Viewport(centerX: 450, centerY: 450, scale: 25), width: 20, height: 20)
    #expect(far.spotAtPoint.allSatisfy { $0 >= 0 })
    let near = SpotRaster(
      layout, viewport: Viewport(centerX: 450, centerY: 450, scale: 5), width: 60, height: 60)
    #expect(near.spotAtPoint.contains { $0 < 0 })
    #expect(near.spotAtPoint.contains { $0 >= 0 })
  }

  @Test func `over tissue near spots are rings of their own size, closed and free inside`() {
    let layout = square(3, pitch: 100)
    for (radius, scale) in [(nil, 4.0), (27.5, 4), (27.5, 1), (40, 0.5)] {
      let view = Viewport(centerX: 100, centerY: 100, scale: scale)
      let raster = SpotRaster(
        layout, viewport: view, width: 200, height: 200, style: .outlines(radius: radius))
      #expect(raster.isOutlined)
      let points = (radius ?? 26) / scale
      for y in 0..<200 {
        for x in 0..<200 where raster.spot(atX: x, y: y) == 4 {
          let place = view.imagePosition(
            pointX: Double(x), pointY: Double(y), width: 200, height: 200)
          let distance = hypot(place.x - 100, place.y - 100) / scale
          #expect(distance <= points + 1e-9 && distance > points - 3.1)
        }
      }
      // Closed: no way of single steps from the centre to the corner.
      var seen: Set<Int> = [100 * 200 + 100]
      var waiting = [100 * 200 + 100]
      while let point = waiting.popLast() {
        for next in [point - 1, point + 1, point - 200, point + 200]
        where next >= 0 && next < 40_000 && raster.spotAtPoint[next] != 4 {
          if seen.insert(next).inserted { waiting.append(next) }
        }
      }
      #expect(!seen.contains(0) && seen.count > 10)
    }
    let far = SpotRaster(
      layout, viewport: Viewport(centerX: 100, centerY: 100, scale: 8), width: 40, height: 40,
      style: .outlines(radius: 27.5))
    #expect(!far.isOutlined && far.spot(atX: 20, y: 20) == 4)
  }

  @Test func `colours come from the sharpest picture that has a place`() {
    func picture(_ side: Int, _ extent: PixelRectangle, _ shade: UInt8) -> ImagePyramid {
      ImagePyramid(
        RGBImage(width: side, height: side, filledWith: (shade, shade, shade)), extent: extent)
    }
    let whole = picture(10, PixelRectangle(x: 0, y: 0, width: 100, height: 100), 10)
    let half = picture(50, PixelRectangle(x: 0, y: 0, width: 50, height: 50), 20)
    let sharp = picture(40, PixelRectangle(x: 20, y: 20, width: 20, height: 20), 30)
    let view = Viewport(centerX: 50, centerY: 50, scale: 1)
    for details in [[half, sharp], [sharp, half]] {
      let colors = Underlay(picture: whole, details: details, dimColor: Color(0))
        .colors(viewport: view, width: 120, height: 120)
      func shade(_ x: Int, _ y: Int) -> UInt8? { colors[(y + 10) * 120 + x + 10]?.red }
      #expect(shade(30, 30) == 30 && shade(10, 10) == 20 && shade(90, 10) == 10)
      #expect(shade(-5, 10) == nil)
    }
  }

  @Test func `zooming keeps the position under the pointer`() {
    let viewport = Viewport(centerX: 100, centerY: 50, scale: 4)
    let before = viewport.imagePosition(pointX: 3, pointY: 17, width: 40, height: 30)
    let after = viewport.zoomed(by: 1.5, aroundX: before.x, y: before.y)
      .imagePosition(pointX: 3, pointY: 17, width: 40, height: 30)
    #expect(abs(before.x - after.x) < 1e-9 && abs(before.y - after.y) < 1e-9)
  }

  @Test func `one step goes to the neighbour in that direction and stops at the edge`() {
    let layout = square(5, pitch: 10)
    #expect(layout.neighbour(of: 12, dx: 1, dy: 0) == 13)
    #expect(layout.neighbour(of: 12, dx: 0, dy: -1) == 7)
    #expect(layout.neighbour(of: 4, dx: 1, dy: 0) == nil)
    let hexagons = hexagonal(5, pitch: 10)
    let below = hexagons.neighbour(of: 12, dx: 0, dy: 1)
    #expect(below == 16 || below == 17)
  }

  @Test func `absurd positions and sizes are drawn as nothing rather than crash`() {
    let layout = SpotLayout(x: [0, 1e300, -1e300, 5], y: [0, 1e300, 3, 5])
    for size in [0, 1, 2] {
      let viewport = Viewport(fitting: layout, width: size, height: size)
      _ = SpotRaster(layout, viewport: viewport, width: size, height: size)
    }
    let tiny = Viewport(centerX: 0, centerY: 0, scale: 1e-6)
    _ = SpotRaster(layout, viewport: tiny, width: 3, height: 3)
  }
}
