import Images
import Sections
import TensorCore

/// Which spots' patches drove a model's prediction of one gene at one spot.
public struct SpotAttribution: Sendable, Hashable {
  /// The gene, as an index of the model's.
  public let gene: Int
  /// The spot, as an index of the section's.
  public let spot: Int
  /// What the model predicts there.
  public let prediction: Float
  /// For each spot of the section, by how much that prediction falls when the spot's patch is white;
  /// nil where it was not tried. Below 0 where the patch held the prediction down.
  public let drops: [Float?]
}

/// Which parts of a spot's patch drove a model's prediction of one gene at that spot.
public struct PatchAttribution: Sendable, Hashable {
  /// The gene, as an index of the model's.
  public let gene: Int
  /// The spot, as an index of the section's.
  public let spot: Int
  /// What the model predicts there.
  public let prediction: Float
  /// The square that was looked at, in pixels of the image.
  public let square: PixelRectangle
  /// Parts along each side.
  public let side: Int
  /// `[side, side]`, row by row: by how much the prediction falls when the part is white.
  public let drops: [Float]
}

/// Asks a model again with part of the image white, and looks what becomes of a prediction.
///
/// `dropᵣ = p(image) − p(image with r white)`, with `p` the predicted expression of one gene at one
/// spot. Works with every model: it is asked as a whole each time, and what it makes of places that
/// overlap with `r`, of neighbours and of all spots at once is part of the answer. White is what the
/// scanner sees without tissue; it is not the absence of information.
///
/// Source: Zeiler and Fergus, ECCV 2014, who slide a grey square. Departure: white, and squares beside
/// each other.
public struct Occlusion: Sendable {
  /// The model that is asked.
  public let model: any ExpressionModel
  /// The section, as the model is asked for it.
  public let input: SectionInput

  /// Takes a model and a section.
  public init(_ model: any ExpressionModel, _ input: SectionInput) {
    self.model = model
    self.input = input
  }

  /// The side, in pixels, of the square that is a spot's own: what the model looks at, or the distance
  /// between spots where that is less or unknown.
  public var sidePixels: Int {
    let pitch = max(1, Int(input.pitchPixels.rounded()))
    return min(model.patchSidePixels ?? pitch, pitch)
  }

  /// Whitens spots' patches one by one, those nearest to the spot that is looked at.
  ///
  /// - Parameters:
  ///   - gene: an index of the model's genes.
  ///   - spot: an index of the section's spots.
  ///   - most: how many patches are tried at most, the spot's own first.
  /// - Throws: what the model throws, and ``ModelError/cancelled``.
  public func spots(
    driving gene: Int, at spot: Int, most: Int = 64, _ work: PredictionWork = PredictionWork()
  ) throws(ModelError) -> SpotAttribution {
    let centre = input.spots[spot]
    func distance(_ other: Int) -> Double {
      let (x, y) = (input.spots[other].x - centre.x, input.spots[other].y - centre.y)
      return x * x + y * y
    }
    let nearest = input.spots.indices.sorted { (distance($0), $0) < (distance($1), $1) }
    let tried = Array(nearest.prefix(max(most, 0)))
    let side = sidePixels
    let (prediction, drops) = try drops(
      whitening: tried.map { Patches.window(around: input.spots[$0], side: side) }, gene, spot, work
    )
    var all = [Float?](repeating: nil, count: input.spots.count)
    for (place, drop) in zip(tried, drops) { all[place] = drop }
    return SpotAttribution(gene: gene, spot: spot, prediction: prediction, drops: all)
  }

  /// Whitens the parts of a spot's own square one by one.
  ///
  /// - Parameter side: parts along each side of the square, which are `side²` predictions.
  /// - Throws: what the model throws, and ``ModelError/cancelled``.
  public func parts(
    driving gene: Int, at spot: Int, side: Int = 4, _ work: PredictionWork = PredictionWork()
  ) throws(ModelError) -> PatchAttribution {
    precondition(side > 0, "a patch has no \(side) parts")
    let square = Patches.window(around: input.spots[spot], side: sidePixels)
    func edge(_ part: Int) -> Int { square.width * part / side }
    let parts = (0..<side * side).map { part in
      let (row, column) = (part / side, part % side)
      return PixelRectangle(
        x: square.x + edge(column), y: square.y + edge(row), width: edge(column + 1) - edge(column),
        height: edge(row + 1) - edge(row))
    }
    let (prediction, drops) = try drops(whitening: parts, gene, spot, work)
    return PatchAttribution(
      gene: gene, spot: spot, prediction: prediction, square: square, side: side, drops: drops)
  }

  private func drops(
    whitening parts: [PixelRectangle], _ gene: Int, _ spot: Int, _ work: PredictionWork
  ) throws(ModelError) -> (prediction: Float, drops: [Float]) {
    let share = 1 / Double(parts.count + 1)
    let predictor = try OccludedPredictor(model, input, work.part(from: 0, to: share))
    precondition(
      input.spots.indices ~= spot && 0..<predictor.plain.shape[1] ~= gene,
      "there is no gene \(gene) at a spot \(spot)")
    let plain = predictor.plain[spot, gene]
    var drops: [Float] = []
    for (place, part) in parts.enumerated() {
      let own = work.part(
        from: share * Double(place + 1), to: share * Double(place + 2))
      try work.check()
      drops.append(plain - (try predictor.predict(whitening: part, own)[spot, gene]))
      own.report(1)
    }
    return (plain, drops)
  }
}
