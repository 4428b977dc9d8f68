import Foundation

/// The files that a section can be written to for other programs.
public enum ConversionFormat: String, Sendable, Hashable, Codable, CaseIterable {
  /// For anndata, scanpy and squidpy.
  case h5ad
  /// Spots and regions for QuPath.
  case geojson
  /// Categories of the spots for Loupe Browser.
  case loupe
  /// A folder of tables as of her2st, which Eosin reads again.
  case st

  /// The format that a path's ending names, in capitals or not; none names `st`.
  public init?(path: String) {
    switch URL(filePath: path).pathExtension.lowercased() {
    case "h5ad": self = .h5ad
    case "geojson", "json": self = .geojson
    case "csv": self = .loupe
    default: return nil
    }
  }
}
