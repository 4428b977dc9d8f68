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
  private let weights: [String: Tensor]
  private var generator: SeededGenerator?
  /// Whether weights by name are all there may be.
  private let isComplete: Bool
  /// What stands before the name of each parameter that is declared.
  public private(set) var prefix = ""
  /// Whether parameters are declared that training leaves as they are, whatever they say.
  private var isFrozen = false
  /// All that has been declared, in order.
  public private(set) var declarations: [ParameterDeclaration] = []
  /// The parameters handed out, by name.
  public private(set) var values: [String: Tensor] = [:]
  private var error = ParameterError()

  /// Parameters out of a checkpoint.
  public init(weights: [String: Tensor]) {
    self.weights = weights
    generator = nil
    isComplete = true
  }

  /// Parameters as they are before training, but for those given.
  public init(generator: SeededGenerator, given: [String: Tensor] = [:]) {
    weights = given
    self.generator = generator
    isComplete = false
  }

  /// No parameters but those given, to see what a model declares: each other is an empty tensor, so
  /// that a list takes no memory whatever its sizes. What is made of empty ones cannot be run.
  public init(listing: Void, given: [String: Tensor] = [:]) {
    weights = given
    generator = nil
    isComplete = false
  }

  /// Declares a part of a model, each name after a prefix; a frozen one is not trained.
  public mutating func within<Part>(
    _ prefix: String, isFrozen: Bool = false, _ declare: (inout Parameters) -> Part
  ) -> Part {
    let before = (self.prefix, self.isFrozen)
    defer { (self.prefix, self.isFrozen) = before }
    self.prefix += prefix
    self.isFrozen = self.isFrozen || isFrozen
    return declare(&self)
  }

  /// Declares a parameter and gets it; zeros if the weights do not have it, which
  /// ``checkAll()`` tells.
  public mutating func take(
    _ name: String, _ shape: [Int], _ initializer: Initializer, isTrained: Bool = true
  ) -> Tensor {
    let name = prefix + name
    let declaration = ParameterDeclaration(
      name: name, shape: shape, isTrained: isTrained && !isFrozen)
    declarations.append(declaration)
    var value = weights[name]
    if isComplete, value == nil { error.missing.append(declaration) }
    if let found = value?.shape, found != shape {
      error.misshapen.append(.init(declared: declaration, found: found))
      value = nil
    }
    if value == nil, generator != nil {
      value = initializer.tensor(shape, using: &generator!)  // Just checked.
    }
    let parameter = value ?? .zeros(isComplete ? shape : [0])
    values[name] = parameter
    return parameter
  }

  /// Throws unless the weights had exactly what has been declared.
  public func checkAll() throws(ParameterError) {
    var error = error
    error.unexpected = weights.keys.filter { values[$0] == nil }.sorted()
    if error != ParameterError() { throw error }
  }
}
