/// The names and shapes of a checkpoint's tensors, asked for what they tell of the network's sizes.
public struct ParameterShapes: Sendable {
  private let shapes: [String: [Int]]

  /// Takes the shapes of tensors by name.
  public init(_ shapes: [String: [Int]]) { self.shapes = shapes }

  /// The shapes of a file's tensors.
  public init(_ tensors: [StoredTensor]) {
    self.init(Dictionary(tensors.map { ($0.name, $0.shape) }, uniquingKeysWith: { $1 }))
  }

  /// Those whose names begin with a prefix, without it.
  public func under(_ prefix: String) -> ParameterShapes {
    let own = shapes.filter { $0.key.hasPrefix(prefix) }
    return ParameterShapes(
      Dictionary(uniqueKeysWithValues: own.map { ($0.dropFirst(prefix.count).description, $1) }))
  }

  /// Whether there is a tensor of that name.
  public func contains(_ name: String) -> Bool { shapes[name] != nil }

  /// The size of one axis of a tensor; nil where there is no such tensor or axis, or it is empty.
  public func size(_ name: String, axis: Int) -> Int? {
    guard let shape = shapes[name], shape.indices.contains(axis), shape[axis] > 0 else {
      return nil
    }
    return shape[axis]
  }

  /// How many layers there are whose names begin with `prefix`, a number from `start` on; nil where
  /// there is nothing of the kind.
  public func count(_ prefix: String, from start: Int = 0) -> Int? {
    let numbers = Set(
      shapes.keys.lazy.filter { $0.hasPrefix(prefix) }
        .compactMap { Int($0.dropFirst(prefix.count).prefix { $0.isNumber }) })
    let found = (0...numbers.count).first { !numbers.contains(start + $0) }
    return found == 0 ? nil : found
  }

  /// How many heads of width 64 a layer for queries, keys and values makes, from its rows.
  public func heads(_ name: String) -> Int? {
    size("\(name).weight", axis: 0).map { max(1, $0 / (3 * TransformerBlock.headWidth)) }
  }
}

extension Int {
  /// Becomes a value if there is one.
  mutating func adopt(_ value: Int?) { self = value ?? self }
}
