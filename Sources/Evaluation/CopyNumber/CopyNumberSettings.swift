/// How expression along chromosomes becomes a view of copy numbers.
public struct CopyNumberSettings: Sendable, Hashable, Codable {
  /// How the genes of a window are weighted.
  public enum Smoothing: String, Sendable, Hashable, Codable, CaseIterable {
    /// Rising by equal steps to the middle of the window, and falling again.
    case pyramid
    /// All the same.
    case flat
  }

  /// What happens near the ends of a chromosome.
  public enum Ends: String, Sendable, Hashable, Codable, CaseIterable {
    /// A window around every gene; what reaches beyond the end is cut off (inferCNV).
    case shortened
    /// Whole windows alone; a chromosome with no more genes than a window is one flat window
    /// (infercnvpy).
    case whole
  }

  /// Genes a window, 1 or more.
  public var window = 101
  /// Every so many windows one is kept, 1 or more.
  public var step = 1
  /// How the genes of a window are weighted.
  public var smoothing = Smoothing.pyramid
  /// What happens near the ends of a chromosome.
  public var ends = Ends.shortened
  /// Differences beyond this, in units of log-expression, are cut to it; above 0.
  public var clip = 3.0
  /// Values within so many standard deviations of the reference become 0; 0 leaves all as they are.
  public var denoise = 1.5

  /// The usual values of inferCNV.
  public init() {}
}
