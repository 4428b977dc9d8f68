import Foundation
import Images
import Sections

/// What stains and texture look like around each spot: the numbers a ridge regression sees.
///
/// Of haematoxylin and of eosin the mean, and the root mean square of the gradient at three sizes
/// of the image, each over three squares around the spot, of 0.8, 1.2 and 2 pitches: the spot
/// itself, the ground around it, and its neighbours. The image is first reduced so that a pitch is
/// as near to 136 pixels as it gets, half the size of HER2+'s images, where a pixel is 1.5 µm.
/// A square is clipped to the image; a spot beyond it has the nearest square on it.
///
/// How they were chosen: HER2+ with its images of B4 and C2 to C5 gives four training sets when
/// one of C2 to C5 is held out. Within each set its sections were left out in turn, and scored by
/// the mean correlation over 785 genes; scores on what a set itself holds out were not looked at.
/// Over a hundred combinations were compared, with spreads, percentiles, contrasts, coarser and
/// directed gradients, other squares, and means over neighbouring spots. These were picked by the
/// mean over the four sets, and in each set alone they are within 0.003 of the best. The four share
/// sections: what one holds out is in the others' training, so the choice is not wholly blind to it.
public struct StainStatistics: Sendable, Equatable {
  /// The version of this list; weights belong to one version.
  public static let version = 1

  /// Half the sides of the squares, in pitches.
  static let reaches = [0.4, 0.6, 1.0]

  /// What each number is, in the order of the columns.
  public static let names: [String] = reaches.flatMap { reach in
    ["haematoxylin", "eosin"].flatMap { stain in
      (["mean"] + (0..<StainTiles.sizes).map { "gradient at 1/\(1 << $0) size" }).map {
        "\(stain), \($0), within \(reach) pitches"
      }
    }
  }

  /// The spots described.
  public let spotCount: Int
  /// `[spots, names]`, each row a spot.
  public let values: [Double]

  /// Takes numbers as they are.
  init(spotCount: Int, values: [Double]) {
    precondition(values.count == spotCount * Self.names.count)
    self.spotCount = spotCount
    self.values = values
  }

  /// Reads what lies around spots off the image, in one pass.
  ///
  /// - Throws: when the image cannot be read, and when `work` was cancelled.
  public init(
    of spots: [Spot], pitchPixels: Double, image: ImageFile,
    _ work: PredictionWork = PredictionWork()
  ) throws(ModelError) {
    guard !spots.isEmpty else {
      self.init(spotCount: 0, values: [])
      return
    }
    // One spot alone has no pitch: it gets the one that needs no reduction.
    let pitch = pitchPixels.isFinite && pitchPixels > 0 ? pitchPixels : Self.usualPitch
    let reduction = Self.reduction(forPitch: pitch)
    let reach = pitch * Self.reaches.reduce(0, max)
    func within(_ position: Double, _ length: Int) -> Double {
      min(max(position.isFinite ? position : 0, 0), Double(length))
    }
    let places = spots.map { (within($0.x, image.width), within($0.y, image.height)) }
    let left = places.reduce(Double.infinity) { min($0, $1.0) } - reach
    let right = places.reduce(0) { max($0, $1.0) } + reach
    let top = places.reduce(Double.infinity) { min($0, $1.1) } - reach
    let bottom = places.reduce(0) { max($0, $1.1) } + reach
    let area = PixelRectangle(
      x: Int(left), y: Int(top), width: Int(right - left) + 1, height: Int(bottom - top) + 1)
    let tiles = try StainTiles(
      of: image, covering: area, reducedBy: reduction,
      side: Self.tileSide(forPitch: pitch / Double(reduction)), work)
    let sums = TileSums(tiles)
    var values: [Double] = []
    values.reserveCapacity(spots.count * Self.names.count)
    for (x, y) in places {
      for reach in Self.reaches {
        let means = sums.means(aroundX: x, y: y, reach: reach * pitch)
        for stain in 0..<2 {
          values.append(means[0][stain])
          values += means.dropFirst().map { max($0[stain], 0).squareRoot() }
        }
      }
    }
    self.init(spotCount: spots.count, values: values)
  }

  /// Each column less its mean over the spots and divided by its standard deviation; a column that
  /// is the same everywhere becomes 0.
  ///
  /// What differs between sections, such as how strongly they were stained, is gone with it.
  public func standardized() -> StainStatistics {
    let width = Self.names.count
    var values = values
    for column in 0..<width {
      let places = (0..<spotCount).map { $0 * width + column }
      let mean = places.reduce(0) { $0 + values[$1] } / Double(max(spotCount, 1))
      let squares = places.reduce(0) { $0 + (values[$1] - mean) * (values[$1] - mean) }
      let deviation = (squares / Double(max(spotCount, 1))).squareRoot()
      // Rounding leaves a constant column a little spread, which must not be blown up.
      let varies = deviation > 1e-9 * max(abs(mean), 1e-3)
      for place in places { values[place] = varies ? (values[place] - mean) / deviation : 0 }
    }
    return StainStatistics(spotCount: spotCount, values: values)
  }

  /// The pitch in pixels that images are reduced to.
  static let usualPitch = 136.0

  static func reduction(forPitch pitch: Double) -> Int {
    func distance(_ reduction: Int) -> Double { abs(log(pitch / Double(reduction) / usualPitch)) }
    // The list is not empty.
    return ImageFile.reductions.min { distance($0) < distance($1) }!
  }

  /// An eighth of the pitch or a little more, a power of 2, so that squares are not coarse.
  private static func tileSide(forPitch pitch: Double) -> Int {
    [16, 8].first { pitch >= Double($0 * 6) } ?? 4
  }
}

/// Sums of tiles from the first corner on, of which four give the sum over any rectangle.
private struct TileSums {
  private let tiles: StainTiles
  /// `[layers, rows + 1, columns + 1]`.
  private let sums: [SIMD2<Double>]

  init(_ tiles: StainTiles) {
    self.tiles = tiles
    let stride = tiles.columns + 1
    var sums = [SIMD2<Double>](
      repeating: .zero, count: StainTiles.layers * (tiles.rows + 1) * stride)
    for layer in 0..<StainTiles.layers {
      for row in 0..<tiles.rows {
        var sumOfRow = SIMD2<Double>.zero
        for column in 0..<tiles.columns {
          sumOfRow += SIMD2(tiles.values[(layer * tiles.rows + row) * tiles.columns + column])
          let above = (layer * (tiles.rows + 1) + row) * stride + column + 1
          sums[above + stride] = sums[above] + sumOfRow
        }
      }
    }
    self.sums = sums
  }

  /// The mean of each layer over a square, clipped to the tiles; tiles it cuts count in part.
  func means(aroundX x: Double, y: Double, reach: Double) -> [SIMD2<Double>] {
    let across = span(x - tiles.x, reach, tiles.columns)
    let down = span(y - tiles.y, reach, tiles.rows)
    let area = (across.1 - across.0) * (down.1 - down.0)
    return (0..<StainTiles.layers).map { layer in
      (sum(layer, across.1, down.1) - sum(layer, across.0, down.1) - sum(layer, across.1, down.0)
        + sum(layer, across.0, down.0)) / area
    }
  }

  /// The ends of a window along one axis in tiles; never empty.
  private func span(_ centre: Double, _ reach: Double, _ count: Int) -> (Double, Double) {
    let half = reach / tiles.sidePixels
    // The last tile that is whole may end before the image does.
    let middle = min(max(centre / tiles.sidePixels, 0), Double(count))
    return (max(middle - half, 0), min(middle + half, Double(count)))
  }

  private func sum(_ layer: Int, _ x: Double, _ y: Double) -> SIMD2<Double> {
    let column = min(Int(x), tiles.columns - 1)
    let row = min(Int(y), tiles.rows - 1)
    let (right, below) = (x - Double(column), y - Double(row))
    let stride = tiles.columns + 1
    let corner = (layer * (tiles.rows + 1) + row) * stride + column
    let top = sums[corner] * (1 - right) + sums[corner + 1] * right
    let bottom = sums[corner + stride] * (1 - right) + sums[corner + stride + 1] * right
    return top * (1 - below) + bottom * below
  }
}
