import Sections
import TensorCore

/// An encoder within a model, whose weights training leaves as they are.
///
/// They lie in the model's checkpoint, under names that begin with a prefix: one file is enough to
/// predict with.
public struct FrozenEncoder: Sendable {
  /// What the names of its weights begin with in a model's checkpoint, unless the model's authors
  /// have it otherwise.
  public static let prefix = "encoder."

  /// Which encoder it is, of which sizes.
  public let settings: EncoderSettings
  /// The encoder itself.
  public let encoder: any TileEncoder
  /// The weights in the order declared, by the encoder's own names.
  let weights: [(name: String, tensor: Tensor)]

  /// Declares the encoder's weights for a model; the settings must be sound.
  public init(
    _ settings: EncoderSettings, _ parameters: inout Parameters, under prefix: String = Self.prefix
  ) {
    self.settings = settings
    let first = parameters.declarations.count
    encoder = parameters.within(prefix, isFrozen: true) { settings.encoder(&$0) }
    let skipped = parameters.prefix.count + prefix.count
    weights = parameters.declarations[first...].map { declaration in
      // Every declared parameter has been handed out.
      (String(declaration.name.dropFirst(skipped)), parameters.values[declaration.name]!)
    }
  }

  /// How many features it makes of a square.
  public var featureWidth: Int { encoder.featureWidth }

  /// The hash of its settings and weights: tells the features of one encoder from another's.
  public var fingerprint: String {
    var print = Fingerprint()
    print.add("encoder 1 \(settings.name) \(JSON.object(settings.values).text)")
    for (name, tensor) in weights {
      print.add(name)
      let stored = StoredTensor(name: name, tensor)
      // Safety: the bytes are hashed within the closure.
      unsafe stored.withPackedBytes { bytes in unsafe print.add(bytes) }
    }
    return print.digits
  }

  /// Patches encoded at a time: as many pixels as are held.
  static let patchesAtOnce = 32

  /// The features of the windows around all spots, `[spots, featureWidth]`, in the order of the spots.
  ///
  /// Taken from the work's store where they were kept before. Else the image is gone through once, and
  /// no more than 32 windows are held at a time; what a window has beyond the image is white.
  /// Departure: HESpotEx cuts such a window off at the image's edge and stretches the rest.
  ///
  /// - Parameter windowPixels: the window's side in pixels of the full image.
  /// - Throws: where the encoder was made without weights, for an image that cannot be read, and when
  ///   the work was cancelled.
  public func features(
    of input: SectionInput, windowPixels: Int, _ work: PredictionWork = PredictionWork()
  ) throws(ModelError) -> Tensor {
    if weights.contains(where: { $0.tensor.count == 0 }) {
      throw ModelError(
        "\(type(of: encoder).title) has no weights to encode section \(input.sectionName) with. "
          + "Give the file of an encoder.")
    }
    let key = work.features.map { _ in storeKey(of: input, windowPixels: windowPixels) }
    if let key, let kept = work.features?.features(key),
      kept.shape == [input.spots.count, featureWidth]
    {
      work.report(1)
      return kept
    }
    let features = try reusingMemory { () throws(ModelError) in
      try input.encoded(
        encoder.patchShape(windowPixels: windowPixels), batchSize: Self.patchesAtOnce, work
      ) { encoder.features($0) }
    }
    if let key { work.features?.keep(features, key) }
    return features
  }

  /// What features depend on: encoder, windows, places and the image's content.
  private func storeKey(of input: SectionInput, windowPixels: Int) -> String {
    var print = Fingerprint()
    print.add("features 1 \(windowPixels)")
    for spot in input.spots { print.add("\(spot.x) \(spot.y)") }
    for part in input.image.whitened {
      print.add("white \(part.x) \(part.y) \(part.width) \(part.height)")
    }
    print.add(contentsOf: input.image.url)
    return "\(fingerprint)-\(print.digits)"
  }
}

/// Where features are kept between runs, as encoding a section takes minutes.
public protocol FeatureStore: Sendable {
  /// The features kept under a key, `[spots, width]`; nil where there are none.
  func features(_ key: String) -> Tensor?

  /// Keeps features. A store that cannot keep them says nothing.
  func keep(_ features: Tensor, _ key: String)
}

/// Features in a folder, a file each; safe to delete.
public struct FeatureFolder: FeatureStore {
  private static let tensorName = "features"
  private let folder: CacheFolder

  /// Names a folder, and the bytes beyond which the files used longest ago are deleted.
  public init(_ folder: CacheFolder) { self.folder = folder }

  /// Those of the file named after the key; nil where it cannot be read any more.
  public func features(_ key: String) -> Tensor? {
    let url = folder.url.appending(path: "\(key).safetensors")
    guard let stored = (try? TensorFile(reading: url))?[Self.tensorName],
      stored.type == .float32, stored.shape.count == 2
    else { return nil }
    folder.touch(url)
    return Tensor(shape: stored.shape, stored.floats())
  }

  /// Writes them whole or not at all.
  public func keep(_ features: Tensor, _ key: String) {
    folder.make()
    let url = folder.url.appending(path: "\(key).safetensors")
    let stored = StoredTensor(name: Self.tensorName, features)
    guard (try? Safetensors.write([stored], to: url, replacing: true)) != nil else { return }
    folder.prune()
  }
}
