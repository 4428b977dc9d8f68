import Evaluation

/// How predictions are scored; enough to score them the same way again.
public struct EvaluationSettings: Sendable, Hashable, Codable {
  /// The places that correlations are taken over.
  public enum Places: String, Sendable, Hashable, Codable, CaseIterable {
    /// The spots under tissue: the default.
    case tissue
    /// All cells of the smallest rectangle of the array that holds the section's spots, those
    /// without a spot being 0 on both sides, as where models predict whole grids.
    case grid
  }

  /// What is drawn again and again to tell how far a number might be off.
  public enum BootstrapUnit: String, Sendable, Hashable, Codable, CaseIterable {
    case sections, spots
  }

  /// What becomes of genes without a correlation.
  public var constantGenes = CorrelationSummary.ConstantGenes.leftOut
  /// The places that measures are taken over.
  public var places = Places.tissue
  /// The genes that are summarized, beside all: see ``GeneSubset``.
  public var subsets: [GeneSubset] = [.all]
  /// How often counts are split in halves for what could at best be reached; 0 leaves it out.
  public var attainableRepeats = 20
  /// What is resampled for intervals; nil for the sections from five on, else the spots.
  public var bootstrapUnit: BootstrapUnit?
  /// How often it is resampled; 0 leaves intervals out.
  public var bootstrapReplicates = 1000
  /// Where all random numbers of the evaluation come from.
  public var seed: UInt64 = 0
  /// The seeds of K-means, one clustering each; none leaves the clusters out.
  public var clusterSeeds: [UInt64] = []
  /// How clusters are made.
  public var clusterRecipe = ClusterRecipe.eosin

  /// The usual settings.
  public init() {}

  /// How counts are split in halves.
  public var attainable: AttainableCorrelation.Settings {
    .init(repeats: attainableRepeats, seed: seed)
  }

  /// The same without what the places scored do not have: what is attainable and intervals are of
  /// spots, and stand beside no score of a whole grid.
  var fittingPlaces: EvaluationSettings {
    guard places == .grid else { return self }
    var settings = self
    settings.attainableRepeats = 0
    settings.bootstrapReplicates = 0
    return settings
  }

  /// What is resampled among so many sections.
  public func bootstrapUnit(sections: Int) -> BootstrapUnit {
    bootstrapUnit ?? (sections >= 5 ? .sections : .spots)
  }
}
