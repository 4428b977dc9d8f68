import Foundation

/// A spot of the sample data: its place in the array and in the image.
struct SampleSpot: Sendable {
  var column: Int
  var row: Int
  /// The array coordinates as measured, near whole numbers.
  var measuredX: Double
  var measuredY: Double
  var pixelX: Double
  var pixelY: Double
  var label: String

  var name: String { "\(column)x\(row)" }
}

/// The square lattice of spots, as the legacy array numbers them.
enum SpotLattice {
  static let positionsAcross = 19
  static let firstColumn = 8
  static let firstRow = 7
  /// Pixels between neighbours: 200 micrometres.
  static let pitch = 108.0
  /// Pixels from the image's edge to the first spot: more than half a patch and the jitter.
  static let margin = 128.0

  /// The lattice's spots that lie on tissue, by row and column.
  static func spots(on map: TissueMap, seed: UInt64) -> [SampleSpot] {
    var generator = SeededGenerator(seed: seed, stream: 51)
    var spots: [SampleSpot] = []
    for row in 0..<positionsAcross {
      for column in 0..<positionsAcross {
        let x = rounded(Double(column) + generator.normal() * 0.03, 1000)
        let y = rounded(Double(row) + generator.normal() * 0.03, 1000)
        let pixelX = rounded(margin + x * pitch, 100)
        let pixelY = rounded(margin + y * pitch, 100)
        let shares = map.shares(x: pixelX, y: pixelY, side: 70, ofRegions: true)
        guard shares[Int(Tissue.background.rawValue)] < 0.25 else { continue }
        spots.append(
          SampleSpot(
            column: column + firstColumn, row: row + firstRow, measuredX: x + Double(firstColumn),
            measuredY: y + Double(firstRow), pixelX: pixelX, pixelY: pixelY,
            label: label(of: shares)))
      }
    }
    return spots
  }

  /// The tissue that fills most of the spot, undetermined where none does.
  private static func label(of shares: [Double]) -> String {
    let most = shares.indices.max { shares[$0] < shares[$1] } ?? 0
    return shares[most] >= 0.52 ? Tissue.allCases[most].label : Tissue.background.label
  }

  private static func rounded(_ value: Double, _ parts: Double) -> Double {
    (value * parts).rounded() / parts
  }
}
