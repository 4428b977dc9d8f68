import Images
import Sections
import TensorCore

/// A model that looks at each spot by itself before it looks at them together, so that what it saw of
/// a spot can be kept while another's patch changes.
public protocol SpotwiseModel: ExpressionModel {
  /// The side, in pixels of the full image, of the square that is seen of a spot.
  func viewPixels(of input: SectionInput) -> Int

  /// What is seen of each spot, `[spots, width]`; no row depends on another spot.
  func views(of input: SectionInput, _ work: PredictionWork) throws(ModelError) -> Tensor

  /// What makes predictions, `[spots, genes]`, of views of all spots of a section.
  func reader(
    of input: SectionInput, _ work: PredictionWork
  ) throws(ModelError) -> @Sendable (Tensor) -> Tensor
}

/// Predicts a section with parts of its image white.
///
/// A ``SpotwiseModel`` looks again at the spots alone whose square a part touches; any other model is
/// asked for the whole section.
struct OccludedPredictor {
  let model: any ExpressionModel
  let input: SectionInput
  /// The prediction with nothing white, `[spots, genes]`.
  let plain: Tensor
  private let views: Tensor?
  private let read: (@Sendable (Tensor) -> Tensor)?

  init(
    _ model: any ExpressionModel, _ input: SectionInput, _ work: PredictionWork
  ) throws(ModelError) {
    (self.model, self.input) = (model, input)
    if let spotwise = model as? any SpotwiseModel {
      let read = try spotwise.reader(of: input, work.part(from: 0, to: 0.1))
      let views = try spotwise.views(of: input, work.part(from: 0.1, to: 1))
      (self.views, self.read, plain) = (views, read, read(views))
    } else {
      (views, read) = (nil, nil)
      plain = try model.predict(input, work)
    }
  }

  func predict(
    whitening part: PixelRectangle, _ work: PredictionWork
  ) throws(ModelError) -> Tensor {
    var white = input
    white.image = input.image.whitening([part])
    // Nobody asks for the same part again: what is seen of it is not kept.
    let work = PredictionWork(report: work.report, isCancelled: work.isCancelled)
    guard let spotwise = model as? any SpotwiseModel, let views, let read else {
      return try model.predict(white, work)
    }
    let side = spotwise.viewPixels(of: input)
    let touched = input.spots.indices.filter { spot in
      let window = Patches.window(around: input.spots[spot], side: side)
      return window.x < part.maxX && part.x < window.maxX && window.y < part.maxY
        && part.y < window.maxY
    }
    guard !touched.isEmpty else { return plain }
    white.spots = touched.map { input.spots[$0] }
    let changed = try spotwise.views(of: white, work)  // [touched, width]
    var rows = Array(0..<input.spots.count)
    for (place, spot) in touched.enumerated() { rows[spot] = input.spots.count + place }
    return read(gather(concatenate([views, changed], along: 0), rows))
  }
}

extension HESpotEx: SpotwiseModel {
  /// The window that the encoder is given.
  public func viewPixels(of input: SectionInput) -> Int { windowPixels(of: input) }

  /// What the encoder makes of each window.
  public func views(
    of input: SectionInput, _ work: PredictionWork
  ) throws(ModelError) -> Tensor {
    try encoder.features(of: input, windowPixels: windowPixels(of: input), work)
  }

  /// Neighbours and nuclei are those of the section as it is, whatever becomes of single views.
  public func reader(
    of input: SectionInput, _ work: PredictionWork
  ) throws(ModelError) -> @Sendable (Tensor) -> Tensor {
    let known = try known(of: input, work)
    return { expression($0, known) }
  }
}
