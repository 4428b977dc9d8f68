import Foundation

/// What a small JSON file beside a table of predictions says of its values: `FILE.json` beside
/// `FILE`, as in `mine.tsv.json`.
///
/// `{"normalization": "released", "protocol": "trained on A to G"}`, each part optional, other names
/// ignored. A normalization is a preset's name or `{"name", "target", "library", "logarithm"}`,
/// target missing where counts are not scaled, and `"pseudocount"` where there is one. A protocol is a sentence, or a ``PredictionOrigin``:
/// `{"summary", "trainedOn": [{"section", "patient"}], …}`, of which scores can tell whether the
/// patient was seen in training.
public struct PredictionSidecar: Sendable, Hashable {
  /// What the values were trained to be; nil when nobody says.
  public var normalization: Normalization?
  /// How the values came about; nil when nobody says.
  public var origin: PredictionOrigin?

  /// Says what is known.
  public init(normalization: Normalization? = nil, origin: PredictionOrigin? = nil) {
    self.normalization = normalization
    self.origin = origin
  }

  /// Where what is said of a table lies.
  public static func url(besides table: URL) -> URL {
    table.deletingLastPathComponent().appending(path: table.lastPathComponent + ".json")
  }

  /// Reads the file beside a table; says nothing where there is none.
  ///
  /// - Throws: for a file that is no JSON object, or whose parts are not what they should be.
  public init(besides table: URL) throws(SectionError) {
    let url = Self.url(besides: table)
    guard FileManager.default.fileExists(atPath: url.path) else {
      self.init()
      return
    }
    try self.init(parsing: Data(try readFileBytes(url, limit: 1 << 20)), of: url)
  }

  init(parsing data: Data, of url: URL) throws(SectionError) {
    self.init()
    let advice = "Write {\"normalization\": \"released\", \"protocol\": \"…\"}, or remove the file."
    guard let members = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else {
      throw SectionError(file: url, problem: "is not a JSON object. \(advice)")
    }
    switch members["protocol"] {
    case nil, is NSNull: break
    case let text as String: origin = PredictionOrigin(summary: text)
    case let parts as [String: Any]:
      guard let data = try? JSONSerialization.data(withJSONObject: parts),
        let read = try? JSONDecoder().decode(PredictionOrigin.self, from: data)
      else {
        throw SectionError(
          file: url,
          problem: "has a protocol that is not understood. Write a sentence, or its summary, and "
            + "trainedOn as a list of {\"section\", \"patient\"}.")
      }
      origin = read
    default:
      throw SectionError(
        file: url, problem: "has a protocol that is neither text nor an object. \(advice)")
    }
    switch members["normalization"] {
    case nil, is NSNull: break
    case let name as String:
      guard let preset = Normalization.presets.first(where: { $0.name == name }) else {
        let names = Normalization.presets.map(\.name)
        let hint = nearest(to: name, among: names).map { " Did you mean '\($0)'?" } ?? ""
        throw SectionError(
          file: url,
          problem: "names a normalization \(quoted(name)) that Eosin does not know.\(hint) It "
            + "knows \(names.joined(separator: ", ")); others are written out: name, target, "
            + "library, logarithm.")
      }
      normalization = preset
    case let parts as [String: Any]:
      guard let data = try? JSONSerialization.data(withJSONObject: parts),
        let read = try? JSONDecoder().decode(Normalization.self, from: data),
        [read.target, read.pseudocount].allSatisfy({ $0.map { $0 > 0 && $0 < 1e15 } ?? true })
      else {
        throw SectionError(
          file: url,
          problem: "has a normalization that is not understood. Write its name, target, library "
            + "(allGenes or panel) and logarithm (none, natural or base10).")
      }
      normalization = read
    default:
      throw SectionError(
        file: url, problem: "has a normalization that is neither a name nor an object. \(advice)")
    }
  }

  /// The file's bytes; nil where there is nothing to say. A preset goes by its name.
  var json: [UInt8]? {
    guard normalization != nil || origin != nil else { return nil }
    struct Parts: Encodable {
      var normalization: Normalization?
      var preset: String?
      var `protocol`: PredictionOrigin?

      enum Key: CodingKey { case normalization, `protocol` }

      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        if let preset {
          try container.encode(preset, forKey: .normalization)
        } else {
          try container.encodeIfPresent(normalization, forKey: .normalization)
        }
        if let origin = self.protocol, origin == PredictionOrigin(summary: origin.summary) {
          try container.encode(origin.summary, forKey: .protocol)
        } else {
          try container.encodeIfPresent(self.protocol, forKey: .protocol)
        }
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let preset = Normalization.presets.first { $0 == normalization }?.name
    let parts = Parts(normalization: normalization, preset: preset, protocol: origin)
    // Only a number that is not finite cannot be written, and no target is one.
    return (try? encoder.encode(parts)).map { Array($0) + [newline] }
  }
}
