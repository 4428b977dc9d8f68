import Foundation
import Sections

/// The layers of an `.h5ad` that are shown as methods.
public struct AnnDataLayers: Sendable {
  private let file: AnnDataFile
  private let layers: [AnnDataLayer]

  /// Looks into a file.
  init(of url: URL) throws(WorkbenchError) {
    do {
      file = try AnnDataFile(opening: url)
      layers = try file.layers()
    } catch { throw WorkbenchError(error.description) }
  }

  /// The layers that all files of a data set have, as methods; none for other formats.
  ///
  /// Of many files the first few are looked into: files written together have the same layers.
  public static func methods(in dataSet: DataSet) -> [Method] {
    guard dataSet.format == AnnDataReader.format else { return [] }
    var files: [URL] = []
    for section in dataSet.sections where !files.contains(section.counts) {
      files.append(section.counts)
    }
    // What is wrong with a file is said when it is read.
    let found = files.prefix(mostFiles).compactMap { (try? AnnDataLayers(of: $0))?.layers }
    guard let first = found.first else { return [] }
    var names = UniqueNames()
    return first.filter { layer in
      found.allSatisfy { $0.contains { $0.path == layer.path } }
    }.map { Method(name: names.take($0.name), source: .layer($0.path)) }
  }

  /// Files that are looked into for layers.
  private static let mostFiles = 16

  /// A layer as a method's prediction of a section.
  ///
  /// - Parameter wanted: its path or its name; where it is neither of any, the only layer is taken.
  func prediction(
    named method: String, layer wanted: String, of section: Section
  ) throws(WorkbenchError) -> Prediction {
    guard
      let layer = layers.first(where: { $0.path == wanted || $0.name == wanted })
        ?? (layers.count == 1 ? layers.first : nil)
    else {
      let names = layers.map(\.name)
      throw WorkbenchError(
        "\(file.url.path): has no layer '\(wanted)'. "
          + (names.isEmpty
            ? "It has no layer of predictions at all."
            : "Name one of its layers: \(names.joined(separator: ", "))."))
    }
    do {
      var prediction = try file.prediction(of: layer, for: section)
      prediction.method = method
      return prediction
    } catch { throw WorkbenchError(error.description) }
  }
}

extension Workbench {
  /// Reads a layer of the file that a section came from.
  func readLayer(
    _ path: String, named method: String, of section: LoadedSection
  ) throws(WorkbenchError) -> Prediction {
    guard let file = section.section.files.first, AnnDataFile.recognizes(file) else {
      throw WorkbenchError(
        "Section \(section.section.name) is of no .h5ad, so it has no layer '\(path)'.")
    }
    return try AnnDataLayers(of: file).prediction(
      named: method, layer: path, of: section.section)
  }
}
