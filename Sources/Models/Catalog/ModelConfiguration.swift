/// The sizes of a model, and what else tells two of a kind apart: a flat structure of plain
/// values.
public protocol ModelConfiguration: NetworkConfiguration {
  /// How many genes are predicted.
  var genes: Int { get }
}
