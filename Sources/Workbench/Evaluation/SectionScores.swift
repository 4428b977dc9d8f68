import Evaluation
import Sections

/// Everything that was measured on one section: what there is to predict, and how each method does.
///
/// All columns are as long as ``genes`` and in its order.
public struct SectionScores: Sendable, Hashable, Codable {
  /// What the section's own counts tell of each gene.
  public struct Observed: Sendable, Hashable, Codable {
    /// Mean and sample variance of the expression under the plan's normalization.
    public var mean: NumberColumn
    /// As above.
    public var variance: NumberColumn
    /// Moran's I over each spot's nearest neighbours; NaN for a constant gene.
    public var moransI: NumberColumn
    /// Geary's C over the same neighbours.
    public var gearysC: NumberColumn
    /// What Pearson's correlation could at best be under the plan's normalization; there only where
    /// no method says what it is compared under.
    public var attainable: NumberColumn?
  }

  /// How one method agrees with what was measured.
  public struct MethodColumns: Sendable, Hashable, Codable {
    /// The method's name.
    public var method: String
    /// Where its values come from; nil when nobody says.
    public var origin: PredictionOrigin?
    /// What the model knew of the section.
    public var standing: Standing
    /// What the values are, and what they were compared with.
    public var normalization: Normalization
    /// Whether that was assumed, since nobody said what the values are.
    public var normalizationIsAssumed: Bool
    /// The genes of the section's list that it does not predict.
    public var missingGenes: [String]
    /// What was left out or did not match, one plain sentence each.
    public var notes: [String]
    /// The measures by their names; NaN at a gene that was not predicted.
    public var measures: [String: NumberColumn]
    /// What Pearson's correlation could at best be, under this method's normalization.
    public var attainable: NumberColumn?
    /// How far that might be off: the deviation over repeats.
    public var attainableSpread: NumberColumn?
    /// Each resampling's mean Pearson correlation over the genes.
    public var replicates: NumberColumn?

    /// A measure's column; NaN throughout where it was not taken.
    public func values(_ measure: GeneMeasure) -> [Double] {
      measures[measure.rawValue]?.values ?? []
    }
  }

  /// Two methods over the same resampled spots.
  public struct Pair: Sendable, Hashable, Codable {
    /// The methods' names.
    public var first: String
    /// As above.
    public var second: String
    /// The first method's correlation less the second's: the ends of each gene's interval.
    public var lower: NumberColumn
    /// As above.
    public var upper: NumberColumn
    /// Each resampling's mean difference over the genes that both have a correlation for.
    public var replicates: NumberColumn
  }

  /// The section's name.
  public var section: String
  /// Whose tissue it is.
  public var patient: String
  /// Its spots.
  public var spots: Int
  /// Cells without a spot that correlations were taken over too; 0 over tissue alone.
  public var backgroundCells: Int
  /// The hash of its spots, genes and counts.
  public var fingerprint: String
  /// The genes that some method predicts and the section has; all of them without methods.
  public var genes: [String]
  /// What there is to predict.
  public var observed: Observed
  /// How each method does.
  public var methods: [MethodColumns]
  /// The methods two by two, where intervals were asked for.
  public var pairs: [Pair]
  /// How clusters find the pathologist's regions, where it was asked for and there are labels.
  public var clusters: ClusterComparison?
  /// What the user should know of the section, one plain sentence each.
  public var notes: [String]

  /// A method's columns, by its name.
  public func method(_ name: String) -> MethodColumns? { methods.first { $0.method == name } }

  /// The genes that counts are too few to tell anything of, their halves do not
  /// correlate under any method's normalization.
  public var unmeasurableGenes: [String] {
    let columns = methods.isEmpty ? [observed.attainable] : methods.map(\.attainable)
    let known = columns.compactMap { $0 }
    guard !known.isEmpty else { return [] }
    return genes.indices.filter { gene in known.allSatisfy { $0[gene].isNaN } }.map { genes[$0] }
  }
}
