import Foundation

/// A cell's nucleus as the painter draws it and the gene model counts it.
struct Nucleus: Sendable {
  enum Kind: Sendable { case tumour, lymphocyte, fibroblast, epithelium, fat }

  var kind: Kind
  var x: Float
  var y: Float
  /// Half axes in pixels; the first along `angle`.
  var length: Float
  var width: Float
  var angle: Float
  /// Haematoxylin taken up.
  var darkness: Float
  /// How far the outline leaves the ellipse, as a share.
  var raggedness: Float

  var area: Float { .pi * length * width }
}

/// Nuclei put where there is room for them, seen by place.
struct NucleusField: Sendable {
  private static let bucketSide = 25
  private static let bucketsAcross = TissueMap.side / bucketSide + 1
  private(set) var nuclei: [Nucleus] = []
  private var rooms: [Float] = []
  private var buckets: [[Int]]

  init() { buckets = Array(repeating: [], count: Self.bucketsAcross * Self.bucketsAcross) }

  /// Adds a nucleus unless another is nearer than the mean of both rooms.
  @discardableResult
  mutating func add(_ nucleus: Nucleus, room: Float) -> Bool {
    let column = Int(nucleus.x) / Self.bucketSide
    let row = Int(nucleus.y) / Self.bucketSide
    guard (0..<Self.bucketsAcross).contains(column), (0..<Self.bucketsAcross).contains(row) else {
      return false
    }
    for other in indices(aroundColumn: column, row: row, reach: 1) {
      let dx = nuclei[other].x - nucleus.x
      let dy = nuclei[other].y - nucleus.y
      let least = (rooms[other] + room) / 2
      if dx * dx + dy * dy < least * least { return false }
    }
    buckets[row * Self.bucketsAcross + column].append(nuclei.count)
    nuclei.append(nucleus)
    rooms.append(room)
    return true
  }

  /// The nuclei within a distance of a place.
  func nuclei(around x: Double, _ y: Double, within distance: Float) -> [Nucleus] {
    let reach = Int(distance) / Self.bucketSide + 1
    let column = Int(x) / Self.bucketSide
    let row = Int(y) / Self.bucketSide
    return indices(aroundColumn: column, row: row, reach: reach).map { nuclei[$0] }
      .filter { hypot($0.x - Float(x), $0.y - Float(y)) <= distance }
  }

  private func indices(aroundColumn column: Int, row: Int, reach: Int) -> [Int] {
    let last = Self.bucketsAcross - 1
    var found: [Int] = []
    for y in max(0, row - reach)...min(last, row + reach) {
      for x in max(0, column - reach)...min(last, column + reach) {
        found += buckets[y * Self.bucketsAcross + x]
      }
    }
    return found
  }
}

/// A ring of epithelium around a lumen.
struct Gland: Sendable {
  var x: Float
  var y: Float
  var lumen: Float
  var wall: Float
  var stretch: Float
  var angle: Float

  /// The distance from the centre in lumen radii.
  func depth(_ px: Float, _ py: Float) -> Float {
    let dx = px - x
    let dy = py - y
    let u = (dx * cos(angle) + dy * sin(angle)) / stretch
    let v = (-dx * sin(angle) + dy * cos(angle)) * stretch
    return (u * u + v * v).squareRoot()
  }
}

/// Puts nuclei and glands into a tissue map.
struct CellPlacement: Sendable {
  private(set) var field = NucleusField()
  private(set) var glands: [Gland] = []

  init(in map: TissueMap, seed: UInt64) {
    var generator = SeededGenerator(seed: seed, stream: 21)
    placeGlands(map, &generator)
    for _ in 0..<900_000 { placeOne(map, &generator) }
  }

  private mutating func placeGlands(_ map: TissueMap, _ generator: inout SeededGenerator) {
    for _ in 0..<60_000 {
      let x = Float(generator.uniform(60...Double(TissueMap.side) - 60))
      let y = Float(generator.uniform(60...Double(TissueMap.side) - 60))
      guard map.tissue(x, y) == .gland else { continue }
      let lumen = Float(generator.uniform(8...24))
      let gland = Gland(
        x: x, y: y, lumen: lumen, wall: Float(generator.uniform(13...17)),
        stretch: Float(generator.uniform(0.85...1.25)), angle: Float(generator.uniform(0...3.14)))
      let reach = (lumen + gland.wall) * 1.2
      let isFree = glands.allSatisfy {
        hypot($0.x - x, $0.y - y) > reach + ($0.lumen + $0.wall) * 1.2 + 2
      }
      let fits = (0..<8).allSatisfy {
        let turn = Float($0) * .pi / 4
        return map.tissue(x + reach * cos(turn), y + reach * sin(turn)) == .gland
      }
      guard isFree && fits else { continue }
      glands.append(gland)
      placeRing(of: gland, &generator)
    }
  }

  /// A layer of tall luminal nuclei and, outside, a few flat dark myoepithelial ones.
  private mutating func placeRing(of gland: Gland, _ generator: inout SeededGenerator) {
    for (depth, spacing, isOuter) in [(0.42, 7.6, false), (0.95, 15.0, true)] {
      let radius = gland.lumen + gland.wall * Float(depth)
      let count = Int(2 * .pi * radius / Float(spacing))
      let start = Float(generator.uniform(0...6.28))
      for index in 0..<count {
        let turn =
          start + (Float(index) + Float(generator.uniform(-0.2...0.2))) * 2 * .pi
          / Float(count)
        let u = radius * cos(turn) * gland.stretch
        let v = radius * sin(turn) / gland.stretch
        let nucleus = Nucleus(
          kind: .epithelium, x: gland.x + u * cos(gland.angle) - v * sin(gland.angle),
          y: gland.y + u * sin(gland.angle) + v * cos(gland.angle),
          length: isOuter ? 2.0 : Float(generator.uniform(4.2...5.2)),
          width: isOuter ? 4.6 : Float(generator.uniform(3.0...3.7)), angle: turn + gland.angle,
          darkness: Float(isOuter ? generator.uniform(1.1...1.4) : generator.uniform(0.85...1.15)),
          raggedness: 0.06)
        field.add(nucleus, room: 5)
      }
    }
  }

  /// Tries one random place.
  private mutating func placeOne(_ map: TissueMap, _ generator: inout SeededGenerator) {
    let x = Float(generator.uniform(0...Double(TissueMap.side - 1)))
    let y = Float(generator.uniform(0...Double(TissueMap.side - 1)))
    let chance = Float(generator.uniform())
    // Cells stray over borders, lymphocytes most.
    let strayX = x + Float(generator.normal()) * 16
    let strayY = y + Float(generator.normal()) * 16
    let tissue = map.tissue(x, y)
    switch tissue {
    case .background: return
    case .stroma, .cancer, .gland:
      guard chance < 0.5, map.tissue(strayX, strayY) == .immune else { break }
      return addLymphocyte(x, y, room: map.crowding(x, y), &generator)
    case .immune, .fat: break
    }
    switch tissue {
    case .background: return
    case .cancer where chance < 0.012 + 0.05 * map.strayImmunity(x, y):
      addLymphocyte(x, y, room: 9, &generator)
    case .cancer: addTumour(map, x, y, &generator)
    case .immune where chance < 0.04: addFibroblast(map, x, y, room: 22, &generator)
    case .immune: addLymphocyte(x, y, room: map.crowding(x, y), &generator)
    case .stroma where chance < 0.02 + 0.35 * map.strayImmunity(x, y):
      addLymphocyte(x, y, room: 34 - 20 * map.strayImmunity(x, y), &generator)
    case .stroma: addFibroblast(map, x, y, room: 33, &generator)
    case .gland:
      let isInGland = glands.contains { $0.depth(x, y) < $0.lumen + $0.wall + 3 }
      if !isInGland { addFibroblast(map, x, y, room: 24, &generator) }
    case .fat: addFat(map, x, y, &generator)
    }
  }

  private mutating func addTumour(
    _ map: TissueMap, _ x: Float, _ y: Float, _ generator: inout SeededGenerator
  ) {
    let index = TissueMap.index(Int(x), Int(y))
    guard map.septa[index] > 0.03 else { return }
    let grade = map.grade(x, y)
    let size = blend(4.9, 7.4, grade) * Float(generator.uniform(0.82...1.2))
    let stretch = Float(generator.uniform(1.0...1.35)).squareRoot()
    let isDividing = generator.uniform() < Double(0.004 + 0.02 * grade)
    field.add(
      Nucleus(
        kind: .tumour, x: x, y: y, length: isDividing ? 5.5 : size * stretch,
        width: isDividing ? 2.6 : size / stretch, angle: Float(generator.uniform(0...3.14)),
        darkness: isDividing
          ? 2.2 : blend(0.85, 1.25, grade) * Float(generator.uniform(0.85...1.15)),
        raggedness: isDividing ? 0.3 : blend(0.05, 0.13, grade)),
      room: blend(12.6, 13.6, grade) * Float(generator.uniform(0.92...1.2)))
  }

  private mutating func addLymphocyte(
    _ x: Float, _ y: Float, room: Float, _ generator: inout SeededGenerator
  ) {
    let size = Float(generator.uniform(3.3...4.2))
    field.add(
      Nucleus(
        kind: .lymphocyte, x: x, y: y, length: size * 1.05, width: size / 1.05,
        angle: Float(generator.uniform(0...3.14)), darkness: Float(generator.uniform(1.45...1.85)),
        raggedness: 0.04),
      room: room)
  }

  private mutating func addFibroblast(
    _ map: TissueMap, _ x: Float, _ y: Float, room: Float, _ generator: inout SeededGenerator
  ) {
    field.add(
      Nucleus(
        kind: .fibroblast, x: x, y: y, length: Float(generator.uniform(5.5...9.5)),
        width: Float(generator.uniform(1.5...2.3)),
        angle: map.fibreAngle(x, y) + Float(generator.normal()) * 0.15,
        darkness: Float(generator.uniform(0.9...1.35)), raggedness: 0.06),
      room: room * Float(generator.uniform(0.85...1.5)))
  }

  /// Flat against the wall of the fat cell.
  private mutating func addFat(
    _ map: TissueMap, _ x: Float, _ y: Float, _ generator: inout SeededGenerator
  ) {
    let cell = map.fatCell(x, y)
    guard cell.wall < 2.5 else { return }
    field.add(
      Nucleus(
        kind: .fat, x: x, y: y, length: 4.6, width: 1.7,
        angle: atan2(y - cell.y, x - cell.x) + .pi / 2,
        darkness: Float(generator.uniform(1.0...1.4)), raggedness: 0.04),
      room: 80)
  }
}
