/// A parameter as a model declares it.
public struct ParameterDeclaration: Sendable, Equatable {
  /// The key in the authors' checkpoint.
  public let name: String
  /// The size of each axis.
  public let shape: [Int]
  /// Whether training moves it along its gradient; running statistics it does not.
  public let isTrained: Bool
}

/// Weights that are not those a model declares.
public struct ParameterError: Error, Equatable {
  /// Names the model declares and the weights lack.
  public var missing: [ParameterDeclaration] = []
  /// Names the weights have and the model does not declare.
  public var unexpected: [String] = []
  /// Names of another shape, with the one found.
  public var misshapen: [Misshapen] = []

  /// A parameter of another shape than declared.
  public struct Misshapen: Equatable, Sendable {
    /// What the model declares.
    public let declared: ParameterDeclaration
    /// What the weights have.
    public let found: [Int]
  }
}

/// Where a model's layers get their parameters: from weights, or by chance.
///
/// A model declares each parameter once, with its name, shape and beginning. The same declarations
/// load a checkpoint, begin a training, and list what the model consists of.
public struct Parameters {
  private let weights: [String: Tensor]?
  private var generator: SeededGenerator?
  /// All that has been declared, in order.
  public private(set) var declarations: [ParameterDeclaration] = []
  /// The parameters handed out, by name.
  public private(set) var values: [String: Tensor] = [:]
  private var error = ParameterError()

  /// Parameters out of a checkpoint.
  public init(weights: [String: Tensor]) {
    self.weights = weights
    generator = nil
  }

  /// Parameters as they are before training.
  public init(generator: SeededGenerator) {
    weights = nil
    self.generator = generator
  }

  /// No parameters, to see what a model declares: each is an empty tensor, so that a list takes no
  /// memory whatever its sizes. A model made of them cannot be run.
  public init(listing: Void) {
    weights = nil
    generator = nil
  }

  /// Declares a parameter and gets it; zeros if the weights do not have it, which
  /// ``checkAll()`` tells.
  public mutating func take(
    _ name: String, _ shape: [Int], _ initializer: Initializer, isTrained: Bool = true
  ) -> Tensor {
    let declaration = ParameterDeclaration(name: name, shape: shape, isTrained: isTrained)
    declarations.append(declaration)
    var value = weights?[name]
    if weights != nil, value == nil { error.missing.append(declaration) }
    if let found = value?.shape, found != shape {
      error.misshapen.append(.init(declared: declaration, found: found))
      value = nil
    }
    if generator != nil { value = initializer.tensor(shape, using: &generator!) }  // Just checked.
    let parameter = value ?? .zeros(weights == nil ? [0] : shape)
    values[name] = parameter
    return parameter
  }

  /// Throws unless the weights had exactly what has been declared.
  public func checkAll() throws(ParameterError) {
    var error = error
    error.unexpected = (weights ?? [:]).keys.filter { values[$0] == nil }.sorted()
    if error != ParameterError() { throw error }
  }
}
