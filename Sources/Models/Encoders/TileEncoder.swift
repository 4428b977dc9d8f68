import Images
import Sections
import TensorCore

/// A network that makes features of squares of image, trained by others on other tasks.
///
/// What conforms and is listed in ``encoderCatalog`` can be imported, trained on the user's sections
/// and put before a model's head.
public protocol TileEncoder: Network where Configuration: EncoderConfiguration {
  /// The encoder's row of the catalog.
  static var entry: EncoderEntry { get }

  /// How a square that is smaller than the encoder's input is drawn larger; larger ones are averaged.
  var resampling: ImageResampling { get }

  /// The features of patches, `[patches, 3 · side²]` to `[patches, featureWidth]`.
  ///
  /// - Parameters:
  ///   - patches: 0...255 in the image's own orientation, `[channel, row, column]`.
  ///   - training: the step whose gradients will be asked for; nil to predict.
  func features(_ patches: Tensor, training: TrainingPass?) -> Tensor
}

/// The sizes of an encoder, and what else tells two of a kind apart.
public protocol EncoderConfiguration: NetworkConfiguration {
  /// The side of the square the encoder reads; windows of the image are resized to it.
  var imageSidePixels: Int { get }
  /// How many features it makes of a square.
  var featureWidth: Int { get }
}

extension TileEncoder {
  /// The title of its row.
  public static var title: String { entry.title }

  /// How many features the encoder makes of a square.
  public var featureWidth: Int { configuration.featureWidth }

  /// The features of patches, as prediction has them.
  public func features(_ patches: Tensor) -> Tensor { features(patches, training: nil) }

  /// How a window of the image becomes the encoder's input.
  ///
  /// - Parameter windowPixels: the window's side in pixels of the full image.
  public func patchShape(windowPixels: Int) -> PatchShape {
    PatchShape(
      side: configuration.imageSidePixels, order: .channelRows, windowPixels: windowPixels,
      resampling: resampling)
  }
}

/// One encoder of the catalog: its names, where it was published, and how its files look.
public struct EncoderEntry: Sendable {
  /// What commands and checkpoints call it, such as `ctranspath`.
  public let name: String
  /// What people call it, such as `CTransPath`.
  public let title: String
  /// Other names it goes by, in small letters.
  public let aliases: [String]
  /// What it is made of, in a few words.
  public let summary: String
  /// Where it was published.
  public let source: String
  /// The type that does it.
  public let encoder: any TileEncoder.Type
  /// A parameter that no other network has: where it stands in a file tells the prefix of all.
  let anchor: String
  /// How the names end of what the authors' files hold beside parameters, and sizes tell anyway.
  let derived: [String]

  /// Describes an encoder.
  public init(
    _ encoder: any TileEncoder.Type, name: String, title: String, aliases: [String] = [],
    summary: String, source: String, anchor: String, derived: [String] = []
  ) {
    self.encoder = encoder
    self.name = name
    self.title = title
    self.aliases = aliases
    self.summary = summary
    self.source = source
    self.anchor = anchor
    self.derived = derived
  }
}

/// The encoders there are, in the order in which they are listed.
public let encoderCatalog: [EncoderEntry] = [CTransPath.entry, CLIPImageEncoder.entry]

/// The encoder of a name or alias, in capitals or not.
///
/// - Throws: ``ModelError`` with the names there are, and the nearest one.
public func encoderEntry(named name: String) throws(ModelError) -> EncoderEntry {
  try row(named: name, of: encoderCatalog, what: "encoder")
}

extension EncoderEntry: CatalogRow {}
