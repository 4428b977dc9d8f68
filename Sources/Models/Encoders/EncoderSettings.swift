import TensorCore

/// Which encoder a model has, of which sizes: a part of the model's configuration.
public struct EncoderSettings: Codable, Sendable, Equatable {
  /// The encoder's name in the catalog.
  public private(set) var name: String
  /// The encoder's configuration by name, complete.
  public private(set) var values: [String: JSON]

  /// An encoder of the authors' sizes but for the values named; what does not fit it makes settings
  /// that are not sound.
  public init(_ name: String, _ values: [String: JSON] = [:]) {
    self.name = name
    self.values = type(named: name)?.completed(values) ?? values
  }

  /// Settings of an encoder that is there.
  public init<Encoder: TileEncoder>(_ encoder: Encoder.Type, _ configuration: Encoder.Configuration)
  {
    self.init(encoder.entry.name, configuration.members)
  }

  /// Reads settings, completed.
  public init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try members.decode(String.self, forKey: .name),
      try members.decode([String: JSON].self, forKey: .values))
  }

  /// The same as a value of a model's configuration.
  public var json: JSON { .object(["name": .string(name), "values": .object(values)]) }

  /// Whether an encoder can be built of them.
  public var isSound: Bool { type(named: name)?.completed(values) == values }

  /// The catalog's row; nil where the name is none of it.
  public var entry: EncoderEntry? { encoderCatalog.first { $0.name == name } }

  /// How many features the encoder makes of a square; 0 where none can be built.
  public var featureWidth: Int { type(named: name)?.featureWidth(values) ?? 0 }

  /// Takes over what the shapes of the encoder's tensors tell.
  public mutating func adopt(_ shapes: ParameterShapes) {
    values = type(named: name)?.adopting(shapes, values) ?? values
  }

  /// Declares the encoder's parameters; the settings must be sound.
  func encoder(_ parameters: inout Parameters) -> any TileEncoder {
    guard let encoder = type(named: name)?.made(values, &parameters) else {
      preconditionFailure("no encoder '\(name)' can be built of \(JSON.object(values).text)")
    }
    return encoder
  }
}

private func type(named name: String) -> (any TileEncoder.Type)? {
  encoderCatalog.first { $0.name == name }?.encoder
}

extension TileEncoder {
  private static func sound(_ values: [String: JSON]) -> Configuration? {
    Configuration(overlaying: values).flatMap { $0.isSound ? $0 : nil }
  }

  /// All values of a configuration some are given of; nil where none can be built.
  fileprivate static func completed(_ values: [String: JSON]) -> [String: JSON]? {
    sound(values)?.members
  }

  fileprivate static func featureWidth(_ values: [String: JSON]) -> Int? {
    sound(values)?.featureWidth
  }

  fileprivate static func adopting(
    _ shapes: ParameterShapes, _ values: [String: JSON]
  ) -> [String: JSON]? {
    var configuration = Configuration(overlaying: values)
    configuration?.adopt(shapes)
    return configuration?.members
  }

  fileprivate static func made(
    _ values: [String: JSON], _ parameters: inout Parameters
  ) -> (any TileEncoder)? {
    sound(values).map { Self($0, &parameters) }
  }
}
