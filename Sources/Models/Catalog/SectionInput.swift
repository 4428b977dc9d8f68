import Images
import Sections
import TensorCore

/// What a model sees of a section: places, and the image they lie on.
public struct SectionInput: Sendable {
  /// The section's name, for messages.
  public var sectionName: String
  /// The places to predict: the section's spots, or pseudo-spots between them; all on the image.
  public var spots: [Spot]
  /// The H&E image.
  public var image: ImageFile
  /// The distance between neighbouring spots, in pixels of the image.
  public var pitchPixels: Double
  /// Where the number of nuclei at a spot is known from; nil where nobody counted them.
  public var nuclei: (any NucleusCounter)?

  /// Makes an input of its parts.
  public init(sectionName: String, spots: [Spot], image: ImageFile, pitchPixels: Double) {
    self.sectionName = sectionName
    self.spots = spots
    self.image = image
    self.pitchPixels = pitchPixels
  }

  /// How many spots have a square around them that is not wholly on the image.
  public func spotsLeavingImage(side: Int) -> Int {
    spots.count { !isOnImage(side: side, around: $0) }
  }

  /// Whether the square around a spot is wholly on the image.
  public func isOnImage(side: Int, around spot: Spot) -> Bool {
    let window = Patches.window(around: spot, side: side)
    return window.clipped(toWidth: image.width, height: image.height) == window
  }

  /// The array itself and the array moved by half a pitch to the right, down, and both; pseudo-spots
  /// are named after their pixels.
  var movedByHalfAPitch: [SectionInput] {
    let half = pitchPixels / 2
    return [(0.0, 0.0), (half, 0), (0, half), (half, half)].map { x, y in
      var moved = self
      moved.spots = spots.map { spot in
        Spot(
          id: "\(Int(spot.x + x))x\(Int(spot.y + y))", column: spot.column, row: spot.row,
          x: spot.x + x, y: spot.y + y)
      }.filter { $0.x < Double(image.width) && $0.y < Double(image.height) }
      return moved
    }
  }

  /// Cuts the patches around the spots and encodes them batch by batch, so that only one batch of
  /// pixels is held. What lies beyond the image is white.
  ///
  /// The image is gone through once; batches follow its rows.
  ///
  /// - Parameters:
  ///   - shape: how a patch is cut and ordered.
  ///   - batchSize: how many patches are held at a time.
  ///   - encode: takes `[patches, 3 · side²]`, 0...255, and gives `[patches, width]`.
  /// - Returns: `[spots, width]`, in the order of the spots.
  func encoded(
    _ shape: PatchShape, batchSize: Int = 32, _ work: PredictionWork,
    _ encode: (Tensor) -> Tensor
  ) throws(ModelError) -> Tensor {
    var batch: [(spot: Int, window: RGBImage)] = []
    var encodedBatches: [Tensor] = []
    var placeOfSpot = [Int](repeating: 0, count: spots.count)
    var done = 0
    func encodeBatch() {
      let patches = Patches(
        windows: batch.map(\.window), side: shape.side, order: shape.order)
      let values = Tensor(
        shape: [patches.count, patches.valuesPerPatch], patches.values.map(Float.init))
      encodedBatches.append(encode(values))
      for (place, item) in batch.enumerated() { placeOfSpot[item.spot] = done + place }
      done += batch.count
      batch = []
      work.report(Double(done) / Double(spots.count))
    }
    do {
      try image.regions(
        spots.map(shape.window(around:)), reducedBy: shape.readReduction.rawValue
      ) { spot, window in
        batch.append((spot, shape.fitted(window)))
        if batch.count == batchSize { encodeBatch() }
        return !work.isCancelled()
      }
    } catch { throw ModelError(error.description) }
    try work.check()
    if !batch.isEmpty { encodeBatch() }
    return gather(concatenate(encodedBatches, along: 0), placeOfSpot)  // [spots, width]
  }

  /// The spots' places along both axes of the array, for a model that knows `positions` of each.
  ///
  /// - Throws: naming the first spot beyond them.
  func places(below positions: Int) throws(ModelError) -> (x: [Int], y: [Int]) {
    for spot in spots {
      guard 0..<positions ~= spot.column, 0..<positions ~= spot.row else {
        throw ModelError(
          "Section \(sectionName): spot '\(spot.id)' is in column \(spot.column), row \(spot.row) "
            + "of the array; the model knows 0 to \(positions - 1) of each. Take a model trained "
            + "on arrays of this size.")
      }
    }
    return (spots.map(\.column), spots.map(\.row))
  }

  /// The graph of the nearest spots on the array, `[spots, spots]`: 1 where the column's spot is a
  /// neighbour of the row's.
  func adjacency(pruning: Adjacency.Pruning) -> Tensor {
    let graph = Adjacency(ofGrid: spots, pruning: pruning)
    var elements = [Float](repeating: 0, count: spots.count * spots.count)
    for spot in spots.indices {
      for neighbour in graph.neighbours(ofSpot: spot) {
        elements[spot * spots.count + neighbour] = 1
      }
    }
    return Tensor(shape: [spots.count, spots.count], elements)
  }
}
