import Images
import Sections
import Workbench

/// What can be written of the section on display.
public enum ExportKind: String, Sendable, Hashable, CaseIterable {
  case clusters, loupe, h5ad, geojson, picture

  /// Who it is for, as the menu says it.
  var title: String {
    switch self {
    case .clusters: "Clusters as a table"
    case .loupe: "Clusters for Loupe Browser"
    case .h5ad: "Section for scanpy and squidpy"
    case .geojson: "Regions and spots for QuPath"
    case .picture: "Panels as a picture"
    }
  }

  /// What is in it, in a line.
  var help: String {
    switch self {
    case .clusters: "positions, cluster, name and label of each spot, CSV"
    case .loupe: "barcode and cluster, as its import of categories asks for"
    case .h5ad: "counts, a layer a method, labels, clusters, the tissue"
    case .geojson: "outlines of clusters or labels, and a circle a spot"
    case .picture: "PNG or SVG, of any size"
    }
  }

  /// What the file is called behind the section's name.
  var ending: String {
    switch self {
    case .clusters: "_clusters.csv"
    case .loupe: "_loupe.csv"
    case .h5ad: ".h5ad"
    case .geojson: ".geojson"
    case .picture: ".png"
    }
  }
}

/// Something to be written, complete in itself.
public struct ExportRequest: Sendable, Hashable {
  /// What it is, with all that is not the section's own.
  public enum Content: Sendable, Hashable {
    /// For each spot the index of its cluster, or nil; each cluster's letter and what the user calls
    /// it.
    case clusters(
      ClusterExportFormat, clusterOfSpot: [Int?], letters: [String], names: [String])
    /// The section with predictions and clusters as on display; observed values under a
    /// normalization, for the gene on display where a file has values of genes.
    case section(
      ConversionFormat, predictions: [Prediction], clusters: [SectionExport.Categories],
      labelsFirst: Bool, Normalization, gene: String?)
    /// The panels, in pixels or points.
    case picture(ViewSnapshot, width: Int, height: Int)
  }

  /// What to write.
  public var content: Content
  /// The file as the user typed it; a `~` in front is not expanded yet.
  public var path: String
  /// Whether a file already there is to be replaced.
  public var replacing: Bool
  /// The section's index in the data set.
  public var section: Int
}

/// A view as it was at one moment, to be drawn beside the viewer's own work.
///
/// A class, so that requests are compared by which moment it was rather than by all of its values.
public final class ViewSnapshot: Sendable, Hashable {
  private let state: ViewerState

  init(_ state: ViewerState) { self.state = state }

  /// The picture; nil where there is nothing to draw or no room for it.
  public func picture(width: Int, height: Int, asShapes: Bool) -> PictureExport? {
    asShapes
      ? state.vectorPicture(width: Double(width), height: Double(height))
        .map { PictureExport($0, theme: state.currentTheme) }
      : state.picture(width: width, height: height).map { PictureExport($0) }
  }

  /// Whether both are the same moment.
  public static func == (first: ViewSnapshot, second: ViewSnapshot) -> Bool { first === second }

  /// Takes in which moment it is.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
