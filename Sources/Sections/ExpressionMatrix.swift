/// Values of genes at spots, asked for one gene at a time.
public protocol ExpressionMatrix: Sendable {
  /// The number of spots, all of them, with values or without.
  var spotCount: Int { get }
  /// The number of genes.
  var geneCount: Int { get }

  /// One gene's value at every spot, in the section's spot order.
  ///
  /// Takes time proportional to the spots, whatever the number of genes.
  func values(ofGene gene: Int) -> [Float]
}
