import Foundation

/// Paints what lies between the nuclei: fibres, cytoplasm, fat walls, glands.
struct TissuePainter {
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

  private func dyes(_ column: Int, _ row: Int) -> (haematoxylin: Float, eosin: Float) {
    let x = Float(column)
    let y = Float(row)
    let index = TissueMap.index(column, row)
    let uneven = 1 + 0.22 * noise(x / 340, y / 340)
    switch map.tissues[index] {
    case .background: return background(x, y)
    case .stroma: return stroma(x, y, septum: map.septa[index], uneven)
    case .cancer: return cancer(x, y, septum: map.septa[index], uneven)
    case .fat: return fat(x, y)
    case .immune:
      return (0.16 + 0.05 * noise(x / 9, y / 9), (0.20 + 0.10 * noise(x / 12, y / 12)) * uneven)
    case .gland:
      let fibres = fibres(x, y)
      return (0.07, (0.30 + 0.09 * fibres.fine + 0.06 * fibres.coarse) * uneven)
    }
  }

  /// Empty glass, with the faint discs of the array's spots.
  private func background(_ x: Float, _ y: Float) -> (haematoxylin: Float, eosin: Float) {
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
  ) -> (haematoxylin: Float, eosin: Float) {
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
  ) -> (haematoxylin: Float, eosin: Float) {
    let grain = noise(x / 5, y / 5)
    let cleft = (1 - ramp(0.008, 0.03, septum)) * ramp(-0.1, 0.3, noise(x / 60, y / 60))
    let keep = 1 - 0.8 * cleft
    let grade = map.grade(x, y)
    return (
      (blend(0.16, 0.25, grade) + 0.05 * grain) * keep,
      (0.30 + 0.07 * grain + 0.08 * noise(x / 24, y / 24)) * uneven * keep
    )
  }

  private func fat(_ x: Float, _ y: Float) -> (haematoxylin: Float, eosin: Float) {
    let bentX = x + 3 * noise(x / 22, y / 22)
    let bentY = y + 3 * noise(x / 22 + 9, y / 22)
    let wall = 1 - ramp(1.2, 3.4, map.fatCell(bentX, bentY).wall)
    return (0.05 * wall, 0.02 + 0.42 * wall)
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
