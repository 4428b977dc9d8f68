import Foundation

/// What a place in the section is.
enum Tissue: UInt8, CaseIterable, Sendable {
  case background, stroma, cancer, fat, immune, gland

  /// The pathologist's word in HER2+.
  var label: String {
    switch self {
    case .background: "undetermined"
    case .stroma: "connective tissue"
    case .cancer: "invasive cancer"
    case .fat: "adipose tissue"
    case .immune: "immune infiltrate"
    case .gland: "breast glands"
    }
  }
}

/// Where each kind of tissue lies in one section, and how the fibres and nuclei in it run.
///
/// Regions are Voronoi cells of seeded points whose borders are bent by noise; sections of one
/// patient share the points and differ in the bending, as neighbouring slices do.
struct TissueMap: Sendable {
  static let side = 2_200

  private let specification: SectionSpecification
  private let regionPoints: [(x: Float, y: Float, tissue: Tissue)]
  private let patientNoise: Noise
  private let sectionNoise: Noise
  private let fatPoints: Noise
  /// What a pathologist would call the place, row by row.
  private(set) var regions: [Tissue] = []
  /// What the place itself is: septa between nests are stroma.
  private(set) var tissues: [Tissue] = []
  /// How close the nearest border between nest and septum is; 0 on it.
  private(set) var septa: [Float] = []
  /// The region on the other side of the nearest border, and about twice the way to it in pixels.
  private(set) var neighbours: [Tissue] = []
  private(set) var borders: [Float] = []

  init(_ specification: SectionSpecification, seed: UInt64) {
    self.specification = specification
    let patientSeed = mix(seed, specification.patientStream)
    patientNoise = Noise(seed: patientSeed, stream: 1)
    sectionNoise = Noise(seed: patientSeed, stream: 100 + specification.sectionStream)
    fatPoints = Noise(seed: patientSeed, stream: 3)
    var generator = SeededGenerator(seed: patientSeed, stream: 2)
    regionPoints = Self.points(of: specification, &generator)
    drawRegions()
  }

  private static func points(
    of specification: SectionSpecification, _ generator: inout SeededGenerator
  ) -> [(x: Float, y: Float, tissue: Tissue)] {
    var points: [(x: Float, y: Float, tissue: Tissue)] = []
    var bag = specification.mixture.flatMap { Array(repeating: $0.tissue, count: $0.parts) }
    bag.shuffle(using: &generator)
    var attempts = 0
    while points.count < bag.count, attempts < 20_000 {
      attempts += 1
      let x = Float(generator.uniform(100...Double(side) - 100))
      let y = Float(generator.uniform(100...Double(side) - 100))
      let isFree = points.allSatisfy { hypot($0.x - x, $0.y - y) > 255 }
      if isFree { points.append((x, y, bag[points.count])) }
    }
    return points
  }

  private mutating func drawRegions() {
    let side = Self.side
    regions = Array(repeating: .background, count: side * side)
    tissues = regions
    septa = Array(repeating: 1, count: side * side)
    neighbours = regions
    borders = septa
    for row in 0..<side {
      for column in 0..<side {
        let x = Float(column)
        let y = Float(row)
        guard isInside(x, y) else { continue }
        let (region, neighbour, border) = place(x, y)
        let (tissue, septum) = inside(region, beside: neighbour, border: border, x, y)
        let index = row * side + column
        neighbours[index] = neighbour
        borders[index] = border
        regions[index] = region
        tissues[index] = tissue
        septa[index] = septum
      }
    }
    keepFatCellsWhole()
  }

  /// The outline: a circle bent in large waves, with a ragged rim.
  private func isInside(_ x: Float, _ y: Float) -> Bool {
    let centre = Float(Self.side) / 2
    let dx = x - centre
    let dy = y - centre
    let distance = (dx * dx + dy * dy).squareRoot()
    if distance < 500 { return true }
    let (c, s) = (dx / distance, dy / distance)
    let shape =
      patientNoise(c * 1.1 + 40, s * 1.1 + 40) * 0.20
      + sectionNoise(c * 3 + 9, s * 3 + 9) * 0.05
    let rim = sectionNoise(x / 60, y / 60) * 22 + sectionNoise(x / 14, y / 14) * 5
    return distance < min(specification.radius * (1 + shape), 1_080) + rim
  }

  /// The region, the one beside it and how much farther that one's point is.
  private func place(_ x: Float, _ y: Float) -> (Tissue, Tissue, Float) {
    let bentX =
      x + patientNoise.rough(x / 260, y / 260) * 110
      + sectionNoise.rough(x / 300, y / 300) * 45 + patientNoise(x / 48, y / 48) * 12
    let bentY =
      y + patientNoise.rough(x / 260 + 50, y / 260 + 50) * 110
      + sectionNoise.rough(x / 300 + 70, y / 300) * 45 + patientNoise(x / 48, y / 48 + 90) * 12
    var nearest = (distance: Float.infinity, tissue: Tissue.stroma)
    var second = nearest
    for point in regionPoints {
      let dx = point.x - bentX
      let dy = point.y - bentY
      let distance = dx * dx + dy * dy
      if distance < nearest.distance {
        second = nearest
        nearest = (distance, point.tissue)
      } else if distance < second.distance {
        second = (distance, point.tissue)
      }
    }
    let border = second.distance.squareRoot() - nearest.distance.squareRoot()
    return (nearest.tissue, second.tissue, border)
  }

  /// The tissue at a place in a region, and how close the border of a nest is.
  ///
  /// Septa of stroma part the nests of a cancer; single nests reach into the stroma beside it.
  private func inside(
    _ region: Tissue, beside other: Tissue, border: Float, _ x: Float, _ y: Float
  ) -> (Tissue, Float) {
    let bend = sectionNoise(x / 35, y / 35) * 0.25
    let ridge = abs(sectionNoise(x / 105 + bend, y / 105 - bend))
    let fine = abs(sectionNoise(x / 46 + 20 + bend, y / 46 + bend))
    switch region {
    case .cancer:
      let wall = min(ridge - 0.11, fine - 0.035) + min(0, border / 400 - 0.02)
      return (wall < 0 ? .stroma : .cancer, abs(wall))
    case .stroma where other == .cancer && border < 110:
      let wall = sectionNoise(x / 40 + 8, y / 40 + 8) - 0.25 - border / 260
      return (wall > 0 ? .cancer : .stroma, abs(wall))
    default:
      return (region, 1)
    }
  }

  /// A fat cell belongs to fat as a whole, by its centre, so that none is cut in two.
  private mutating func keepFatCellsWhole() {
    let before = tissues
    for row in 0..<Self.side {
      for column in 0..<Self.side {
        let index = row * Self.side + column
        guard before[index] != .background else { continue }
        guard isNearFat(before, column, row) else { continue }
        let cell = fatCell(Float(column), Float(row))
        let centre = Self.index(Int(cell.x), Int(cell.y))
        let isFat = before[centre] == .fat || before[centre] == .background
        if isFat && before[index] != .fat {
          tissues[index] = .fat
        } else if !isFat && before[index] == .fat {
          tissues[index] = .stroma
        }
      }
    }
  }

  private func isNearFat(_ tissues: [Tissue], _ column: Int, _ row: Int) -> Bool {
    let reach = 60
    for dy in [-reach, 0, reach] {
      for dx in [-reach, 0, reach]
      where tissues[Self.index(column + dx, row + dy)] == .fat {
        return true
      }
    }
    return false
  }

  static func index(_ column: Int, _ row: Int) -> Int {
    min(max(row, 0), side - 1) * side + min(max(column, 0), side - 1)
  }
}

// MARK: - Structure inside a tissue

extension TissueMap {
  /// The fat cell a place is in: its centre and about how far the wall is, in pixels.
  ///
  /// Distances to all walls are joined by a soft minimum, which rounds the corners.
  func fatCell(_ x: Float, _ y: Float) -> (x: Float, y: Float, wall: Float) {
    let pitch: Float = 66
    let column = (x / pitch).rounded(.down)
    let row = (y / pitch).rounded(.down)
    var nearest = (distance: Float.infinity, x: Float(0), y: Float(0))
    var distances: InlineArray<25, Float> = .init(repeating: .infinity)
    for dy in -2...2 {
      for dx in -2...2 {
        let cellX = column + Float(dx)
        let cellY = row + Float(dy)
        let centreX = (cellX + 0.5 + 0.75 * fatPoints(cellX * 0.77 + 0.4, cellY * 0.77)) * pitch
        let centreY = (cellY + 0.5 + 0.75 * fatPoints(cellX * 0.77, cellY * 0.77 + 9.4)) * pitch
        let distance = hypot(centreX - x, centreY - y)
        distances[(dy + 2) * 5 + dx + 2] = distance
        if distance < nearest.distance { nearest = (distance, centreX, centreY) }
      }
    }
    var sum: Float = 0
    for index in distances.indices where distances[index] > nearest.distance {
      sum += exp((nearest.distance - distances[index]) / 6)
    }
    return (nearest.x, nearest.y, -log(max(sum, 1e-9)) * 3)
  }

  /// Coordinates across and along the fibres.
  func fibre(_ x: Float, _ y: Float) -> (across: Float, along: Float) {
    let angle = specification.fibreAngle
    let (c, s) = (cos(angle), sin(angle))
    let across = -s * x + c * y + 150 * patientNoise.rough(x / 420 + 3, y / 420)
    let along = c * x + s * y + 150 * patientNoise.rough(x / 420, y / 420 + 17)
    return (across, along)
  }

  /// The direction in which fibres run.
  func fibreAngle(_ x: Float, _ y: Float) -> Float {
    let step: Float = 6
    let middle = fibre(x, y).across
    let slopeX = fibre(x + step, y).across - middle
    let slopeY = fibre(x, y + step).across - middle
    return atan2(-slopeX, slopeY)
  }

  /// How far the cancer has lost its order, 0...1: nuclei grow larger, darker and denser with it.
  func grade(_ x: Float, _ y: Float) -> Float {
    ramp(-0.55, 0.55, patientNoise(x / 480 + 11, y / 480 + 4) + specification.gradeShift)
  }

  /// How many lymphocytes stray into other tissue here, 0...1.
  func strayImmunity(_ x: Float, _ y: Float) -> Float {
    ramp(0.15, 0.7, patientNoise(x / 230 + 70, y / 230))
  }

  /// The pixels a lymphocyte keeps to itself in an infiltrate: few in its dense parts.
  func crowding(_ x: Float, _ y: Float) -> Float {
    blend(8.2, 15, ramp(-0.2, 0.6, sectionNoise(x / 75 + 33, y / 75)))
  }

  func tissue(_ x: Float, _ y: Float) -> Tissue { tissues[Self.index(Int(x), Int(y))] }

  /// The share of each tissue in a square around a place, by raw value.
  func shares(x: Double, y: Double, side: Int, ofRegions: Bool = false) -> [Double] {
    var counts = [Double](repeating: 0, count: Tissue.allCases.count)
    let source = ofRegions ? regions : tissues
    for row in stride(from: Int(y) - side / 2, to: Int(y) + side / 2, by: 2) {
      for column in stride(from: Int(x) - side / 2, to: Int(x) + side / 2, by: 2) {
        counts[Int(source[Self.index(column, row)].rawValue)] += 1
      }
    }
    let total = counts.reduce(0, +)
    return counts.map { $0 / total }
  }
}
