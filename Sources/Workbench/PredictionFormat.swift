import Foundation
import Sections

/// What a file of predictions is, told by its name's ending.
public enum PredictionFormat: String, Sendable, Hashable, Codable, CaseIterable {
  /// Spots by genes as text, with tabs.
  case tsv
  /// The same with commas.
  case csv
  /// One tensor with names beside it.
  case safetensors

  /// The format that a path's ending names, in capitals or not.
  public init?(path: String) {
    self.init(rawValue: URL(filePath: path).pathExtension.lowercased())
  }
}

extension Prediction {
  /// Writes the prediction whole or not at all, in the format of the path's ending.
  ///
  /// - Throws: for another ending, and when the file is there and is not to be replaced, or cannot
  ///   be written.
  public func write(
    to url: URL, of section: Section, replacing: Bool
  ) throws(WorkbenchError) {
    guard let format = PredictionFormat(path: url.path) else {
      throw WorkbenchError(
        "\(url.path): ends in none of .tsv, .csv and .safetensors. Name another.")
    }
    do {
      switch format {
      case .tsv: try writeTable(to: url, spots: section.spots, replacing: replacing)
      case .csv:
        try writeTable(to: url, spots: section.spots, separator: ",", replacing: replacing)
      case .safetensors:
        try write(safetensors: url, spots: section.spots, replacing: replacing)
      }
    } catch { throw WorkbenchError("\(error)") }
  }
}

extension Workbench {
  /// Reads what somebody else predicted and joins it with a section by the names of spots and genes.
  ///
  /// A text table, plain or gzipped, safetensors or `.h5ad`, whatever the file is called; see
  /// `PredictionTable` for what is accepted of tables. Of an `.h5ad` the layer called like the method
  /// is taken, else the only layer. What did not join is said in the prediction's notes.
  /// - Throws: what is wrong with the file, or that nothing joins.
  public func readPrediction(
    _ method: Method, for section: LoadedSection
  ) throws(WorkbenchError) -> Prediction {
    guard case .table(let url) = method.source else {
      throw WorkbenchError("\(method.name) is a model, not a table of predictions.")
    }
    if isSafetensors(url) {
      return try StoredPrediction(reading: url).prediction(
        named: method.name, of: section.section)
    }
    if AnnDataFile.recognizes(url) {
      return try AnnDataLayers(of: url).prediction(
        named: method.name, layer: method.name, of: section.section)
    }
    do {
      return try PredictionTable(reading: url).prediction(named: method.name, of: section.section)
    } catch { throw WorkbenchError(error.description) }
  }
}

/// Whether a file begins as safetensors do: the length of a header below 4 GB, and JSON.
private func isSafetensors(_ url: URL) -> Bool {
  // What is read out of a pipe would be missing there afterwards.
  let values = try? url.resolvingSymlinksInPath().resourceValues(forKeys: [.isRegularFileKey])
  guard values?.isRegularFile == true, let file = try? FileHandle(forReadingFrom: url),
    let head = try? file.read(upToCount: 9), head.count == 9
  else { return false }
  return head[4..<8].allSatisfy { $0 == 0 } && head[8] == UInt8(ascii: "{")
}
