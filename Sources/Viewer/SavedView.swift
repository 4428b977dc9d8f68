import Drawing
import Sections

/// What is kept of a data set's view, so that it reopens where it was left.
public struct SavedView: Sendable, Hashable, Codable {
  public var section: String?
  public var gene: String?
  public var starred: [String] = []
  public var ranking = GeneRanking.variance
  public var normalization = Normalization.released.name
  public var ramp = ColorRamp.viridis.name
  public var limits = ValueLimits.percentiles
  public var panels: [PanelKind]?
  public var clusterCount: Int?
  public var theme: String?
  public var palette: String?
  public var showsUnderlay = false
  public var dimming = 0.0
  public var spot: String?
  public var viewport: SavedViewport?

  /// A zoomed view; nil where everything is shown.
  public struct SavedViewport: Sendable, Hashable, Codable {
    public var centerX: Double
    public var centerY: Double
    public var scale: Double
  }

  public init() {}
}

/// What a panel shows.
public enum PanelKind: String, Sendable, Hashable, CaseIterable, Codable {
  case image, observed, clusters, labels
}
