import Sections
import TensorCore

/// What is made of sizes and parameters, and kept in files: a model or an encoder.
public protocol Network: Sendable {
  /// The sizes a network is built with.
  associatedtype Configuration: NetworkConfiguration

  /// What people call it, for messages.
  static var title: String { get }

  /// The sizes this network was built with.
  var configuration: Configuration { get }

  /// Declares the parameters under the names of the authors' checkpoints.
  init(_ configuration: Configuration, _ parameters: inout Parameters)
}

/// The sizes of a network, and what else tells two of a kind apart: a flat structure of plain
/// values.
public protocol NetworkConfiguration: Codable, Sendable, Equatable {
  /// The authors' values.
  init()

  /// Takes over what the shapes of a checkpoint's tensors tell; the rest stays as it is.
  mutating func adopt(_ shapes: ParameterShapes)

  /// Whether a network can be built of these values.
  var isSound: Bool { get }
}

extension NetworkConfiguration {
  /// Any values will do unless a network says otherwise.
  public var isSound: Bool { true }

  /// The authors' values, but for those named; nil where a name or value is none of the network's, or
  /// a size is out of reason.
  init?(overlaying members: [String: JSON]) {
    var all = Self().members
    let areReasonable = members.allSatisfy { name, value in
      if case .integer(let size) = value, !(0...65_536 ~= size) { return false }
      return all[name] != nil
    }
    guard areReasonable else { return nil }
    all.merge(members) { $1 }
    guard let decoded = try? JSON.object(all).decoded(as: Self.self) else { return nil }
    self = decoded
  }

  /// The values by name.
  public var members: [String: JSON] {
    guard case .object(let members)? = try? JSON(encoding: self) else {
      preconditionFailure("a configuration is a flat structure of plain values")
    }
    return members
  }

  /// The authors' values with what shapes tell, as far as a network can be built of that.
  init(fitting shapes: ParameterShapes) {
    self.init()
    var fitted = self
    fitted.adopt(shapes)
    if fitted.isSound { self = fitted }
  }
}

extension Network {
  /// The network with given weights, which must be exactly those it declares.
  public init(_ configuration: Configuration, weights: [String: Tensor]) throws(ParameterError) {
    var parameters = Parameters(weights: weights)
    self.init(configuration, &parameters)
    try parameters.checkAll()
  }

  /// What a network of these sizes consists of; takes no memory for it.
  public static func declarations(_ configuration: Configuration) -> [ParameterDeclaration] {
    var parameters = Parameters(listing: ())
    _ = Self(configuration, &parameters)
    return parameters.declarations
  }

  /// The authors' sizes but for the settings named.
  ///
  /// - Throws: where a name or value is none of the network's, or a size is out of reason.
  public static func configuration(
    _ settings: [String: JSON]
  ) throws(ModelError) -> Configuration {
    guard let configuration = Configuration(overlaying: settings), configuration.isSound else {
      throw ModelError(refusal(of: settings))
    }
    return configuration
  }

  /// Why settings by name are none of this network's.
  static func refusal(of settings: [String: JSON]) -> String {
    let names = Configuration().members.keys.sorted().joined(separator: ", ")
    return "\(title) cannot be given \(JSON.object(settings).text). It has \(names)."
  }
}

// Networks out of files.
extension Network {
  /// The parameters of the network that fits the shapes of a checkpoint best, as names are matched.
  static func expected(fitting shapes: ParameterShapes) -> [NameMatch.Parameter] {
    declarations(Configuration(fitting: shapes)).map { .init($0.name, $0.shape) }
  }

  /// What a network of these sizes expects beside what was found.
  static func match(_ configuration: Configuration, _ found: [StoredTensor]) -> NameMatch {
    NameMatch(
      expected: declarations(configuration).map { .init($0.name, $0.shape) },
      found: found.map { .init($0) })
  }

  /// The sizes that a file which other software wrote tells, on top of settings by name.
  ///
  /// - Parameter advice: what else to say where the file is of another network.
  /// - Throws: for settings that are none of the network's, and weights that do not fit it.
  static func configuration(
    importing tensors: [StoredTensor], settings: [String: JSON], file: String, advice: String = ""
  ) throws(CheckpointError) -> Configuration {
    func refused(_ problem: String) -> CheckpointError {
      CheckpointError(file: file, problem: problem)
    }
    guard var configuration = Configuration(overlaying: settings) else {
      throw refused("cannot be imported so: \(refusal(of: settings))")
    }
    configuration.adopt(ParameterShapes(tensors))
    guard configuration.isSound else {
      throw refused(
        "has sizes that no \(title) can be built of: "
          + "\(JSON.object(configuration.members).text).\(advice)")
    }
    if let problem = match(configuration, tensors).sentence(model: title) {
      throw refused(problem + advice)
    }
    return configuration
  }

  /// The sizes that a file of ours names, which its weights must have. Nothing is made of sizes that
  /// the weights themselves do not have.
  static func configuration(
    _ members: [String: JSON], of tensors: [StoredTensor], file: String
  ) throws(CheckpointError) -> Configuration {
    func refused(_ problem: String) -> CheckpointError {
      CheckpointError(file: file, problem: problem)
    }
    guard let configuration = Configuration(overlaying: members) else {
      throw refused(
        "has a configuration that is none of \(title)'s. Copy it again, or import it anew.")
    }
    // The sizes are taken from the weights and only compared with what the file says of them.
    var found = configuration
    found.adopt(ParameterShapes(tensors))
    guard found == configuration, found.isSound else {
      throw refused(
        "has weights of other sizes than its configuration says. Copy it again, or import it anew.")
    }
    return configuration
  }

  /// The network of stored weights, which are left in the mapped file where they lie there as
  /// `Float`.
  static func network(
    _ configuration: Configuration, of tensors: [StoredTensor], file: String
  ) throws(CheckpointError) -> Self {
    func refused(_ problem: String) -> CheckpointError {
      CheckpointError(file: file, problem: problem)
    }
    if let problem = match(configuration, tensors).sentence(model: title) { throw refused(problem) }
    if let empty = tensors.first(where: { $0.shape.contains(0) }) {
      throw refused("has no values in \(quoted(empty.name)) \(empty.shape). Copy it again.")
    }
    var parameters = Parameters(
      weights: Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.tensor()) }))
    return Self(configuration, &parameters)
  }
}
