import Drawing
import Sections

/// What is kept of a data set's view, so that it reopens where it was left.
public struct SavedView: Sendable, Hashable, Codable {
  /// The section on display, by name; nil for the first.
  public var section: String?
  /// The gene on display, by name; nil for the first of the list.
  public var gene: String?
  /// The genes with a star, by name, sorted.
  public var starred: [String] = []
  /// What the gene list was ordered by.
  public var ranking = GeneRanking.variance
  /// A preset by name; an unknown one gives `released`.
  public var normalization = Normalization.released.name
  /// A colour ramp by name; an unknown one gives `viridis`.
  public var ramp = ColorRamp.viridis.name
  /// How the ends of the colour scale were found.
  public var limits = ValueLimits.percentiles
  /// The panels the user chose; nil where they follow from the section and the screen.
  public var panels: [PanelKind]?
  /// The methods there were, by name; a new one brings the usual panels back.
  public var methods: [String]?
  /// The method compared, by name, and the one it is compared with; nil for the first shown, and
  /// for the observed expression.
  public var compared: String?
  /// The other side of a comparison of two methods, by name.
  public var reference: String?
  /// Whether every panel of expression has a colour scale of its own; nil stands for false.
  public var hasOwnScales: Bool?
  /// Whether predictions are shown finer than the spots, where a model can; nil stands for false.
  public var isDense: Bool?
  /// Whether genes that no method predicts are left out; nil stands for false.
  public var listsOnlyPredicted: Bool?
  /// The groups taken for normal where copy numbers are shown, by name; nil where none was chosen.
  public var copyNumberReferences: [String]?
  /// The number of clusters the user chose; nil where it follows from the labels.
  public var clusterCount: Int?
  /// The theme by name; nil gives the first.
  public var theme: String?
  /// The colours of categories by name; nil gives `okabe-ito`.
  public var palette: String?
  /// Whether the tissue lies behind the spots of every panel.
  public var showsUnderlay = false
  /// How much the tissue is dimmed, 0...1.
  public var dimming = 0.0
  /// The id of the spot under the cursor; nil for none.
  public var spot: String?
  /// How spots lie on the images of sections, by name, where the user laid them otherwise than they
  /// were read.
  public var placements: [String: ImagePlacement]?
  /// The part of the section in view; nil for all of it.
  public var viewport: SavedViewport?

  /// A zoomed view; nil where everything is shown.
  public struct SavedViewport: Sendable, Hashable, Codable {
    /// The image position at the panel's centre, in image pixels from the left edge.
    public var centerX: Double
    /// The same from the top edge.
    public var centerY: Double
    /// Image pixels per point of the panel.
    public var scale: Double
  }

  /// The view of a data set that is opened for the first time.
  public init() {}
}
