import Foundation
import Sections
import TensorCore

/// Predicts expression from what CLIP's image half sees of each spot, from its neighbours, and from how
/// many nuclei it holds.
///
/// Source: HESpotEx's released code (Yin et al.), with QuiltNet's weights in the encoder.
public struct HESpotEx: Sendable {
  /// Where the number of a spot's nuclei comes from.
  public enum NucleiSource: String, Codable, Sendable, CaseIterable {
    /// What is given with a section, of a segmentation by other software, as released.
    case given
    /// Eosin's own count on the haematoxylin of the image, ``StainNuclei``.
    case stain
    /// Nowhere: expression is not multiplied, as in the authors' variant for HEST-1k.
    case none
  }

  /// What is done to a section's prediction at last.
  public enum Shift: String, Codable, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// The lowest value of all spots and genes is taken from every value, as the release does to what it
    /// reports. Nothing then tells how far below zero a prediction was, and a gene's level depends on all
    /// others; correlations stay.
    case released
  }

  /// The sizes of the network; the defaults are the authors'.
  public struct Configuration: Codable, Sendable, Equatable {
    /// How many genes are predicted: 33 to 5,457 in the paper.
    public var genes = 1000
    /// The width of the latent, and of STAGATE's embedding.
    public var latent = 64
    /// The hidden width of the two heads.
    public var hidden = 1024
    /// Graph layers side by side.
    public var graphLayers = 4
    /// How the graph layers sum up what neighbours have.
    public var neighbours = NeighbourSum.released
    /// Where the number of nuclei comes from.
    public var nuclei = NucleiSource.given
    /// The side of a spot's window in distances between spots. A half is what the release takes where
    /// it knows no diameter, and that of Legacy ST; Visium's diameter is 0.55.
    public var windowPitches: Float = 0.5
    /// What is done to a prediction at last.
    public var shift = Shift.none
    /// The encoder of windows.
    public var encoder = EncoderSettings("clip-vit")
    /// The width between of the autoencoder whose embedding the latent is trained to resemble.
    public var autoencoderHidden = 512
    /// Steps on each section that it is trained for.
    public var autoencoderEpochs = 500
    /// How its decoder is tied.
    public var tying = DecoderTying.released

    /// The authors' values.
    public init() {}
  }

  /// What the model knows of a section beside the features of its spots.
  struct Surroundings: Sendable {
    /// The spots' centres, in pixels.
    let points: [(x: Double, y: Double)]
    let neighbours: NeighbourSums
    /// `ν`, `[spots, 1]`; nil for 1.
    let scale: Tensor?
    /// What STAGATE makes of the spots' expression, `[spots, latent]`, once it has.
    var embedding: Tensor?
  }

  /// The sizes this network was built with.
  public let configuration: Configuration
  /// The encoder, which training leaves as it is.
  public let encoder: FrozenEncoder
  let head: HESpotExHead

  /// Declares the encoder's parameters under its prefix, the others under the names of the authors'
  /// checkpoints.
  public init(_ configuration: Configuration, _ parameters: inout Parameters) {
    self.configuration = configuration
    encoder = FrozenEncoder(configuration.encoder, &parameters)
    head = HESpotExHead(configuration, features: encoder.featureWidth, &parameters)
  }

  /// Where spots lie, which are their neighbours, and how many nuclei they hold.
  func known(
    of input: SectionInput, _ work: PredictionWork
  ) throws(ModelError) -> Surroundings {
    let points = input.spots.map { (x: $0.x, y: $0.y) }
    return Surroundings(
      points: points, neighbours: NeighbourSums(of: points, configuration.neighbours),
      scale: try nuclei(of: input, work).map(NucleusCounts.scale))
  }

  /// How many nuclei each spot holds; nil where they are not asked for.
  private func nuclei(
    of input: SectionInput, _ work: PredictionWork
  ) throws(ModelError) -> [Int]? {
    let side = windowPixels(of: input)
    switch configuration.nuclei {
    case .none: return nil
    case .stain: return try StainNuclei().counts(of: input, windowPixels: side, work)
    case .given:
      guard let counter = input.nuclei else {
        throw ModelError(
          "HESpotEx needs the nuclei of section \(input.sectionName). Name their file with --nuclei, "
            + "or put \(input.sectionName).nuclei.tsv beside the section; or train with nuclei=stain "
            + "for Eosin's own count.")
      }
      return try counter.counts(of: input, windowPixels: side, work)
    }
  }

  private func shifted(_ expression: Tensor) -> Tensor {
    guard configuration.shift == .released, let lowest = expression.array.min() else {
      return expression
    }
    return expression - lowest
  }
}

extension HESpotEx: FrozenEncoderModel {
  /// HESpotEx's row of the catalog.
  public static let entry = ModelEntry(
    HESpotEx.self, name: "hespotex", title: "HESpotEx",
    summary: "CLIP's image half, graph layers, a memory over them, numbers of nuclei",
    source: "Yin et al., HESpotEx, and its released code")

  /// An even number of pixels: the window reaches as far before the spot as after it.
  public func windowPixels(of input: SectionInput) -> Int {
    let side = (input.pitchPixels * Double(configuration.windowPitches)).rounded(.up)
    return max(2, Int(side) / 2 * 2)
  }

  /// Any array: places on it are not asked for.
  public var positions: Int { .max }

  /// Counts nuclei, encodes the section batch by batch, and predicts.
  public func predict(
    _ input: SectionInput, _ work: PredictionWork
  ) throws(ModelError) -> Tensor {
    guard !input.spots.isEmpty else { return .zeros([0, configuration.genes]) }
    let known = try known(of: input, work.part(from: 0, to: 0.1))
    let features = try encoder.features(
      of: input, windowPixels: windowPixels(of: input), work.part(from: 0.1, to: 1))
    return expression(features, known)
  }

  /// Predicts `[spots, genes]` from the features of a section's spots, `[spots, featureWidth]`.
  public func expression(
    of input: SectionInput, features: Tensor
  ) throws(ModelError) -> Tensor {
    expression(features, try known(of: input, PredictionWork()))
  }

  func expression(_ features: Tensor, _ known: Surroundings) -> Tensor {
    shifted(
      head(features, known.neighbours, scale: known.scale, isTrained: false).expression)
  }
}

extension HESpotEx.Configuration: ModelConfiguration {
  /// Takes over the sizes that a checkpoint's shapes tell.
  public mutating func adopt(_ shapes: ParameterShapes) {
    genes.adopt(shapes.size("gene_head.3.weight", axis: 0))
    latent.adopt(shapes.size("latent_head.3.weight", axis: 0))
    hidden.adopt(shapes.size("latent_head.0.weight", axis: 0))
    graphLayers.adopt(shapes.count("image_decoder."))
    encoder.adopt(shapes.under(FrozenEncoder.prefix))
  }

  /// Whether there is a layer, a window, and an encoder that can be built.
  public var isSound: Bool {
    encoder.isSound && genes > 0 && latent > 0 && hidden > 0 && 1...64 ~= graphLayers
      && windowPitches > 0 && windowPitches <= 8 && autoencoderHidden > 0
  }
}
