import Sections

/// The names and shapes of a checkpoint beside those a model expects.
public struct NameMatch: Sendable, Hashable {
  /// A parameter or buffer: its name in the checkpoint and its shape.
  public struct Parameter: Sendable, Hashable {
    /// The name, such as `gene_head.3.weight`.
    public var name: String
    /// The sizes of its axes.
    public var shape: [Int]

    /// Makes a parameter of its parts.
    public init(_ name: String, _ shape: [Int]) {
      self.name = name
      self.shape = shape
    }

    /// What a stored tensor is, without its values.
    public init(_ tensor: StoredTensor) { self.init(tensor.name, tensor.shape) }
  }

  /// A name that both sides know with different shapes.
  public struct Misfit: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The shape the model expects.
    public var expected: [Int]
    /// The shape in the file.
    public var found: [Int]
  }

  /// Expected and not found, in the model's order.
  public let missing: [Parameter]
  /// Found and not expected, in the file's order.
  public let unexpected: [Parameter]
  /// Found with another shape, in the model's order.
  public let misshaped: [Misfit]
  /// How many agree in name and shape.
  public let matchCount: Int

  /// Compares what a model expects with what a file holds.
  public init(expected: [Parameter], found: [Parameter]) {
    let foundShapes = Dictionary(found.map { ($0.name, $0.shape) }, uniquingKeysWith: { $1 })
    let expectedNames = Set(expected.map(\.name))
    missing = expected.filter { foundShapes[$0.name] == nil }
    unexpected = found.filter { !expectedNames.contains($0.name) }
    misshaped = expected.compactMap { parameter in
      guard let shape = foundShapes[parameter.name], shape != parameter.shape else { return nil }
      return Misfit(name: parameter.name, expected: parameter.shape, found: shape)
    }
    matchCount = expected.count - missing.count - misshaped.count
  }

  /// Whether every name agrees in both directions, shapes included.
  public var isExact: Bool { missing.isEmpty && unexpected.isEmpty && misshaped.isEmpty }

  /// The share of all names that agree in name and shape, 0...1; misfits in shape count half, as
  /// another configuration of the same model differs by them. 1 where nothing is expected or found.
  public var likeness: Double {
    let union = matchCount + missing.count + unexpected.count + misshaped.count
    return union == 0 ? 1 : (Double(matchCount) + Double(misshaped.count) / 2) / Double(union)
  }

  /// What does not fit, the first few of each kind with their shapes; nil when all fits.
  ///
  /// - Parameter limit: how many of each kind are named.
  public func sentence(model: String, limit: Int = 3) -> String? {
    func list<Part>(_ what: String, _ parts: [Part], _ text: (Part) -> String) -> String? {
      guard !parts.isEmpty else { return nil }
      let more = parts.count > limit ? " and \(parts.count - limit) more" : ""
      return "\(parts.count) \(what): \(parts.prefix(limit).map(text).joined(separator: ", "))"
        + more
    }
    let parts = [
      list("missing", missing) { "\(quoted($0.name)) \($0.shape)" },
      list("unexpected", unexpected) { "\(quoted($0.name)) \($0.shape)" },
      list("of another shape", misshaped) {
        "\(quoted($0.name)) is \($0.found), not \($0.expected)"
      },
    ].compactMap { $0 }
    return isExact ? nil : "does not fit \(model): \(parts.joined(separator: "; "))."
  }

  /// The model whose names and shapes are most like those found; nil when no name of any is.
  ///
  /// Of equals the first in the list wins.
  public static func nearest(
    to found: [Parameter], among models: [(name: String, expected: [Parameter])]
  ) -> (name: String, match: NameMatch)? {
    nearest(models.map { ($0.name, NameMatch(expected: $0.expected, found: found)) })
  }

  /// The same of comparisons already made.
  static func nearest(_ matches: [(name: String, match: NameMatch)]) -> (
    name: String, match: NameMatch
  )? {
    var best: (name: String, match: NameMatch)?
    for candidate in matches where candidate.match.likeness > best?.match.likeness ?? 0 {
      best = candidate
    }
    return best
  }
}
