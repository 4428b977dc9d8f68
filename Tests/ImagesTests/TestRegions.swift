import Testing

@testable import Images

/// 48 rectangles a reduction, seeded; some reach outside, some lie there altogether.
func expectRegionsMatch(_ file: ImageFile, _ name: String) throws {
  var numbers = SeededNumbers(seed: 20)
  for reduction in ImageFile.reductions {
    let whole = try file.decoded(reducedBy: reduction)
    let rectangles = (0..<48).map { _ in
      PixelRectangle(
        x: .random(in: -40..<file.width + 10, using: &numbers),
        y: .random(in: -40..<file.height + 10, using: &numbers),
        width: .random(in: 0..<90, using: &numbers), height: .random(in: 0..<90, using: &numbers))
    }
    var seen: Set<Int> = []
    try file.regions(rectangles, reducedBy: reduction) { index, image in
      let expected = whole.cut(rectangles[index].reduced(by: reduction))
      let difference = image.largestDifference(from: expected)
      #expect(
        difference == 0, "\(name) 1/\(reduction) \(rectangles[index]) differs by \(difference)")
      seen.insert(index)
      return true
    }
    #expect(seen.count == rectangles.count)
    let one = rectangles[0]
    #expect(
      try file.region(one, reducedBy: reduction) == whole.cut(one.reduced(by: reduction)))
  }
}
