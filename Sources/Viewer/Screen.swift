/// What the stage is given to.
enum Screen: Sendable, Hashable {
  /// The panels, beside the list of genes.
  case compare
  /// Every gene with all that is measured of it.
  case genes
  /// Every method on every section.
  case scores
  /// Gains and losses along the chromosomes.
  case copyNumber
}
