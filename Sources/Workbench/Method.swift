import Foundation
import Sections

/// Something that says which expression a section's spots have, beside what was measured.
public struct Method: Sendable, Hashable, Codable {
  /// Where its predictions come from.
  public enum Source: Sendable, Hashable, Codable {
    /// A model's weights; the prediction is made here.
    case checkpoint(URL)
    /// A table of spots by genes that somebody else made.
    case table(URL)
    /// A layer in the section's own `.h5ad`, by its path in there, such as `layers/THItoGene`.
    case layer(String)
    /// A training run, by its folder: the newest weights it has saved, which change while it runs.
    case run(URL)
  }

  /// What it is called in titles and tables; unique among those shown together.
  public var name: String
  /// Where its predictions come from.
  public var source: Source

  /// Makes a method of its parts.
  public init(name: String, source: Source) {
    self.name = name
    self.source = source
  }
}

/// Methods of several sections: `{section}` and `{patient}` in a path stand for the names of whatever
/// section is predicted, so that one method is all folds of a cross-validation.
extension Method {
  /// The method as it is for one section.
  public func of(section: String, patient: String) -> Method {
    func filled(_ url: URL) -> URL {
      let path = url.path.replacingOccurrences(of: "{section}", with: section)
        .replacingOccurrences(of: "{patient}", with: patient)
      return path == url.path ? url : URL(filePath: path)
    }
    let source: Source =
      switch source {
      case .checkpoint(let url): .checkpoint(filled(url))
      case .table(let url): .table(filled(url))
      case .layer, .run: source
      }
    return Method(name: name, source: source)
  }

  /// Whether a path stands for a file a section.
  public static func isOfFolds(path: String) -> Bool {
    path.contains("{section}") || path.contains("{patient}")
  }

  /// Whether it is one table, which is of one section.
  public var isOfOneSection: Bool {
    if case .table(let url) = source { return !Self.isOfFolds(path: url.path) }
    return false
  }
}

/// How finely a section is predicted.
public enum Resolution: String, Sendable, Hashable, Codable, CaseIterable {
  /// At the section's own spots.
  case spots
  /// At pseudo-spots between them too.
  case dense
}

/// How far a prediction has come.
public struct PredictionProgress: Sendable, Hashable {
  /// What is being done, such as `reading patches`.
  public var stage: String
  /// The share of all work that is done, 0...1.
  public var fraction: Double

  /// Makes a report of its parts.
  public init(stage: String, fraction: Double) {
    self.stage = stage
    self.fraction = fraction
  }
}
