/// The sizes of a network, and what else tells two of a kind apart: a flat structure of plain
/// values.
public protocol ModelConfiguration: Codable, Sendable, Equatable {
  /// How many genes are predicted.
  var genes: Int { get }

  /// The authors' values.
  init()

  /// Takes over what the shapes of a checkpoint's tensors tell; the rest stays as it is.
  mutating func adopt(_ shapes: ParameterShapes)

  /// Whether a network can be made of the values, in reasonable memory.
  var isSound: Bool { get }
}

extension ModelConfiguration {
  /// Nothing but the bounds of all sizes is asked.
  public var isSound: Bool { true }

  /// The authors' values, or others, but for those named; nil where a name or value is none of the
  /// model's, or a size is out of reason.
  init?(overlaying members: [String: JSON], on base: Self = Self()) {
    var all = base.members
    let areReasonable = members.allSatisfy { name, value in
      if case .integer(let size) = value, !(0...65_536 ~= size) { return false }
      return all[name] != nil
    }
    guard areReasonable else { return nil }
    all.merge(members) { $1 }
    guard let decoded = try? JSON.object(all).decoded(as: Self.self), decoded.isSound else {
      return nil
    }
    self = decoded
  }

  /// The values by name.
  public var members: [String: JSON] {
    guard case .object(let members)? = try? JSON(encoding: self) else {
      preconditionFailure("a configuration is a flat structure of plain values")
    }
    return members
  }
}

extension ExpressionModel {
  /// The authors' sizes but for the settings named.
  ///
  /// - Throws: where a name or value is none of the model's, or a size is out of reason.
  public static func configuration(
    _ settings: [String: JSON]
  ) throws(ModelError) -> Configuration {
    guard let configuration = Configuration(overlaying: settings) else {
      throw ModelError(refusal(of: settings))
    }
    return configuration
  }

  /// Why settings by name are none of this model's.
  static func refusal(of settings: [String: JSON]) -> String {
    let names = Configuration().members.keys.sorted().joined(separator: ", ")
    return "\(entry.title) cannot be given \(JSON.object(settings).text). It has \(names)."
  }
}
