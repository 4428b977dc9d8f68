import Foundation
import Sections

/// What `eosin info` says of a list of genes.
public struct PanelInfo: Sendable, Codable {
  /// The file's name without its ending.
  public let name: String
  /// The genes in the list's order.
  public let genes: [String]
  /// The file.
  public let file: String

  private static let endings: Set<String> = ["npy", "txt"]

  /// The lists at a path: a file that ends in `.npy` or `.txt`, or all files of a folder where each
  /// ends so. Empty for everything else.
  ///
  /// - Throws: for a list that cannot be read.
  public static func panels(at path: URL) throws(SectionError) -> [PanelInfo] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder) else {
      return []
    }
    let names =
      isFolder.boolValue
      ? ((try? FileManager.default.contentsOfDirectory(atPath: path.path)) ?? [])
        .filter { !$0.hasPrefix(".") }.sorted() : []
    let files = isFolder.boolValue ? names.map { path.appending(path: $0) } : [path]
    guard !files.isEmpty,
      files.allSatisfy({ endings.contains($0.pathExtension.lowercased()) })
    else { return [] }
    var panels: [PanelInfo] = []
    for file in files {
      let panel = try Panel(reading: file)
      panels.append(PanelInfo(name: panel.name, genes: panel.genes, file: file.path))
    }
    return panels
  }

  /// The same as lines of text.
  public var text: String {
    let shown = genes.prefix(8).joined(separator: ", ")
    return "Panel \(name): \(genes.count.grouped) gene\(genes.count == 1 ? "" : "s"), for --panel\n"
      + "  genes    \(shown)\(genes.count > 8 ? ", …" : "")\n  file     \(file)"
  }
}
