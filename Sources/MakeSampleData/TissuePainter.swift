import Foundation

/// Paints what lies between the nuclei: fibres, cytoplasm, fat walls, glands.
struct TissuePainter {
  typealias Dyes = (haematoxylin: Float, eosin: Float)

  /// How far from a nest's border its cytoplasm still mixes with the septum.
  private static let border: Float = 0.035
  /// How far the stroma of two regions mixes, in the map's measure of borders.
  private static let transition: Float = 70

  private let map: TissueMap
  private let noise: Noise

  init(map: TissueMap, seed: UInt64) {
    self.map = map
    noise = Noise(seed: seed, stream: 31)
  }

  func paint(_ cells: CellPlacement, on planes: inout DyePlanes) {
    let side = planes.side
    for row in 0..<side {
      for column in 0..<side {
        let index = row * side + column
        let dyes = dyes(column, row)
        planes.haematoxylin[index] = dyes.haematoxylin
        planes.eosin[index] = dyes.eosin
      }
    }
    for gland in cells.glands { paint(gland, on: &planes) }
  }

  private func dyes(_ column: Int, _ row: Int) -> Dyes {
    let x = Float(column)
    let y = Float(row)
    let index = TissueMap.index(column, row)
    let uneven = 1 + 0.22 * noise(x / 340, y / 340)
    let septum = map.septa[index]
    let dyes: Dyes
    switch map.tissues[index] {
    case .background: return background(x, y)
    case .fat: return fat(x, y)
    case .stroma where septum < Self.border:
      dyes = mixed(
        stroma(x, y, septum: septum, uneven), cancer(x, y, septum: 0, uneven), septum)
    case .cancer where septum < Self.border:
      dyes = mixed(
        cancer(x, y, septum: septum, uneven), stroma(x, y, septum: 0, uneven), septum)
    case .cancer: dyes = cancer(x, y, septum: septum, uneven)
    case let tissue:
      let own = open(tissue, x, y, septum: septum, uneven)
      let away = map.borders[index]
      guard septum == 1, away < Self.transition else { dyes = own; break }
      let other = open(map.neighbours[index], x, y, septum: 1, uneven)
      dyes = mixed(own, other, away / Self.transition * Self.border)
    }
    // Sections dry at the rim and take more dye there.
    let rim: Float = isNearRim(column, row) ? 1.3 : 1
    return (dyes.haematoxylin * rim, dyes.eosin * rim)
  }

  /// Stroma, or what takes its place under an infiltrate and between glands.
  private func open(_ tissue: Tissue, _ x: Float, _ y: Float, septum: Float, _ uneven: Float)
    -> Dyes
  {
    switch tissue {
    case .immune: immune(x, y, uneven)
    case .gland: loose(x, y, uneven)
    default: stroma(x, y, septum: septum, uneven)
    }
  }

  private func isNearRim(_ column: Int, _ row: Int) -> Bool {
    [(-7, 0), (7, 0), (0, -7), (0, 7)].contains {
      map.tissues[TissueMap.index(column + $0.0, row + $0.1)] == .background
    }
  }

  /// Half of each on the border of a nest, all of the first away from it.
  private func mixed(_ first: Dyes, _ second: Dyes, _ septum: Float) -> Dyes {
    let share = 0.5 * (1 - ramp(0, Self.border, septum))
    return (
      blend(first.haematoxylin, second.haematoxylin, share),
      blend(first.eosin, second.eosin, share)
    )
  }

  /// Pale and finely meshed under the lymphocytes.
  private func immune(_ x: Float, _ y: Float, _ uneven: Float) -> Dyes {
    let fibres = fibres(x, y)
    let grain = noise(x / 9, y / 9)
    return (
      0.13 + 0.05 * grain,
      (0.25 + 0.08 * grain + 0.07 * fibres.fine + 0.06 * fibres.coarse) * uneven
    )
  }

  /// The loose stroma between glands.
  private func loose(_ x: Float, _ y: Float, _ uneven: Float) -> Dyes {
    let fibres = fibres(x, y)
    return (0.07, (0.30 + 0.09 * fibres.fine + 0.06 * fibres.coarse) * uneven)
  }

  /// Empty glass, with the faint discs of the array's spots.
  private func background(_ x: Float, _ y: Float) -> Dyes {
    let offset = Float(SpotLattice.margin)
    let pitch = Float(SpotLattice.pitch)
    let dx = x - offset - ((x - offset) / pitch).rounded() * pitch
    let dy = y - offset - ((y - offset) / pitch).rounded() * pitch
    let distance = (dx * dx + dy * dy).squareRoot()
    return (0.022 * (1 - ramp(23, 27, distance)), 0)
  }

  private func fibres(_ x: Float, _ y: Float) -> (fine: Float, coarse: Float, gap: Float) {
    let (across, along) = map.fibre(x, y)
    return (
      noise(across / 5, along / 70), noise(across / 15 + 40, along / 170),
      noise(across / 24 + 80, along / 210 + 5)
    )
  }

  private func stroma(
    _ x: Float, _ y: Float, septum: Float, _ uneven: Float
  ) -> Dyes {
    let fibres = fibres(x, y)
    let isSeptum = septum < 1
    let gap = isSeptum ? 0 : ramp(0.34, 0.52, fibres.gap)
    let density = 0.47 + 0.15 * fibres.fine + 0.17 * fibres.coarse
    let keep = 1 - 0.86 * gap
    return (
      (0.08 + 0.05 * fibres.coarse) * keep, max(0.05, density * uneven) * keep
    )
  }

  /// Granular cytoplasm; a thin empty line where the nest has shrunk from its septum.
  private func cancer(
    _ x: Float, _ y: Float, septum: Float, _ uneven: Float
  ) -> Dyes {
    let grain = noise(x / 5, y / 5)
    let cleft = (1 - ramp(0.01, 0.05, septum)) * ramp(0.25, 0.45, noise(x / 70, y / 70))
    let keep = 1 - 0.8 * cleft
    let grade = map.grade(x, y)
    return (
      (blend(0.16, 0.25, grade) + 0.05 * grain) * keep,
      (0.30 + 0.07 * grain + 0.08 * noise(x / 24, y / 24)) * uneven * keep
    )
  }

  private func fat(_ x: Float, _ y: Float) -> Dyes {
    let bentX = x + 3 * noise(x / 22, y / 22)
    let bentY = y + 3 * noise(x / 22 + 9, y / 22)
    let wall = 1 - ramp(0.6, 2.9, map.fatCell(bentX, bentY).wall)
    return (0.05 * wall, 0.02 + 0.36 * wall)
  }

  private func paint(_ gland: Gland, on planes: inout DyePlanes) {
    let reach = Int((gland.lumen + gland.wall) * 1.3) + 6
    for row in Int(gland.y) - reach...Int(gland.y) + reach {
      for column in Int(gland.x) - reach...Int(gland.x) + reach {
        let x = Float(column)
        let y = Float(row)
        let depth = gland.depth(x, y) + 1.5 * noise(x / 9, y / 9)
        let index = TissueMap.index(column, row)
        let edge = gland.lumen + gland.wall
        if depth < gland.lumen {
          let secretion = ramp(0.1, 0.4, noise(gland.x / 7, gland.y / 7)) * 0.2
          planes.haematoxylin[index] = 0
          planes.eosin[index] = secretion
        } else if depth < edge {
          planes.haematoxylin[index] = 0.17
          planes.eosin[index] = 0.36 + 0.06 * noise(x / 5, y / 5)
        } else if depth < edge + 3 {
          // The basement membrane.
          planes.eosin[index] = 0.62
        }
      }
    }
  }
}
