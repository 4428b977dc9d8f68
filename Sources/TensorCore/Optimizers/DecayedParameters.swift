/// Which parameters weight decay draws towards 0.
public enum DecayedParameters: String, Codable, Sendable {
  /// Every one that gets a gradient.
  case all
  /// Those of two axes or more whose name does not end in `.bias`: weights of linear layers and
  /// convolutions, and also scales and shifts that are stored with their axes of size 1.
  ///
  /// Source: HiST's survival model, where the latter are those of global response normalization.
  case severalAxesExceptBiases

  /// Whether a parameter is drawn.
  public func contains(_ name: String, _ shape: [Int]) -> Bool {
    switch self {
    case .all: true
    case .severalAxesExceptBiases: shape.count >= 2 && !name.hasSuffix(".bias")
    }
  }
}
