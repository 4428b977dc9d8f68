import Foundation

/// Where files with a section's nuclei are looked for.
///
/// Beside a section's counts or image its own are `SECTION.nuclei.tsv`, and so on for the other
/// endings; in a folder of nuclei `SECTION.tsv` will do.
public enum NucleusSource {
  /// Tables of centres or of counts, GeoJSON, and segmentations as images.
  static let endings = [
    "tsv", "csv", "tsv.gz", "csv.gz", "geojson", "json", "geojson.gz", "json.gz", "png", "tif",
    "tiff",
  ]

  /// What stands before the ending of a file beside a section.
  static let mark = ".nuclei."

  /// The file beside a section; nil where there is none.
  static func sidecar(of reference: SectionReference) -> URL? {
    let folders = [reference.counts, reference.image].compactMap { $0?.deletingLastPathComponent() }
    return folders.lazy.compactMap { file(of: reference.name, in: $0, marks: [mark]) }.first
  }

  /// The file of a section in a folder of nuclei.
  static func file(of section: String, in folder: URL, marks: [String] = [mark, "."]) -> URL? {
    for mark in marks {
      for ending in endings {
        let url = folder.appending(path: section + mark + ending)
        if FileManager.default.fileExists(atPath: url.path), !isFolder(url) { return url }
      }
    }
    return nil
  }
}

extension DataSet {
  /// The same data set with the nuclei that a user names.
  ///
  /// - Parameters:
  ///   - path: a folder with a file a section, a path with `{section}` or `{patient}` in it, or one
  ///     file.
  ///   - section: whose the one file is; nil for the only section.
  /// - Throws: where nothing is there, or it is not said of which section it is.
  public func with(
    nuclei path: String, ofSection section: String?
  ) throws(SectionError) -> DataSet {
    let url = URL(filePath: path)
    if path.contains("{section}") || path.contains("{patient}") {
      return try with(nucleiNamedBy: url) { reference in
        let filled = path.replacingOccurrences(of: "{section}", with: reference.name)
          .replacingOccurrences(of: "{patient}", with: reference.patient)
        let url = URL(filePath: filled)
        return FileManager.default.fileExists(atPath: url.path) ? url : nil
      }
    }
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw SectionError(
        file: url,
        problem: "is not there. Name a file with a section's nuclei, or a folder of them.")
    }
    if isFolder(url) {
      return try with(nucleiNamedBy: url) { NucleusSource.file(of: $0.name, in: url) }
    }
    guard let name = section ?? (sections.count == 1 ? sections[0].name : nil) else {
      throw SectionError(
        file: url,
        problem: "is one file, and \(self.name) has \(counted(sections.count, "section")). Name a "
          + "folder with a file a section, such as \(sections.first?.name ?? "A1").tsv, or write "
          + "{section} in the path.")
    }
    return try with(nucleiNamedBy: url) { $0.name == name ? url : nil }
  }

  private func with(
    nucleiNamedBy url: URL, _ file: (SectionReference) -> URL?
  ) throws(SectionError) -> DataSet {
    var copy = mappingSections { reference in
      reference.nuclei = file(reference) ?? reference.nuclei
    }
    copy.nuclei = url.standardizedFileURL.path
    guard sections.contains(where: { file($0) != nil }) else {
      throw SectionError(
        file: url,
        problem:
          "has no nuclei of any section of \(name). Name each file after its section, such as "
          + "\(sections.first?.name ?? "A1").tsv or .geojson.")
    }
    return copy
  }
}
