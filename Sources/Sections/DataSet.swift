import Foundation

/// The readers of all platforms that Eosin knows, in the order they are asked.
public let sectionReaders: [any SectionReader.Type] = [
  LegacySTReader.self, SpaceRangerReader.self, AnnDataReader.self,
]

/// Reads a section by the reader of a format, one of ``sectionReaders``.
public func readSection(
  _ reference: SectionReference, format: String
) throws(SectionError) -> Section {
  guard let reader = sectionReaders.first(where: { $0.format == format }) else {
    let names = sectionReaders.map { $0.format }.joined(separator: ", ")
    throw SectionError(
      file: reference.counts,
      problem: "is to be read as '\(format)', which Eosin does not know. It knows \(names).")
  }
  return try reader.read(reference)
}

/// A folder of sections of one platform.
public struct DataSet: Sendable {
  /// The folder's name.
  public let name: String
  /// The folder that was opened.
  public let folder: URL
  /// The format of the reader that recognized it, such as `st`.
  public let format: String
  /// What the folder offers, sorted by name; nothing of it is read yet.
  public let sections: [SectionReference]
  /// The checkpoints in the folder's own `models`, sorted by name; none of them is opened yet.
  public let models: [URL]

  private let reader: any SectionReader.Type

  /// Looks into a folder and finds its sections.
  ///
  /// - Throws: when the folder is not there, is a file, or is none of the known layouts.
  public init(opening folder: URL) throws(SectionError) {
    guard FileManager.default.fileExists(atPath: folder.path) else {
      throw SectionError(file: folder, problem: "is not there. Check the path.")
    }
    guard isFolder(folder) else {
      throw SectionError(
        file: folder,
        problem: "is a file, not a data set's folder. Give the folder that holds it, or the "
          + "section's files one by one.")
    }
    guard let reader = sectionReaders.first(where: { $0.recognizes(folder) }) else {
      let names = namesInFolder(folder).sorted()
      throw SectionError(
        file: folder,
        problem: "is no data set Eosin knows. Looked for ST-cnts, here or in data; found "
          + "\(names.isEmpty ? "nothing" : listed(names)). Give the folder that holds ST-cnts.")
    }
    self.reader = reader
    self.folder = folder
    format = reader.format
    sections = try reader.sections(in: folder)
    models = Self.models(in: folder)
    let standardized = folder.standardizedFileURL
    // `her2st/data` is the data set `her2st`.
    name =
      standardized.lastPathComponent == "data"
      ? standardized.deletingLastPathComponent().lastPathComponent
      : standardized.lastPathComponent
  }

  /// A data set of one legacy ST section whose files are named one by one.
  ///
  /// - Parameter name: the section's name; the counts file's own by default.
  public init(counts: URL, spots: URL?, image: URL?, labels: URL?, name: String? = nil) {
    let section = name ?? String(counts.lastPathComponent.prefix { $0 != "." })
    reader = LegacySTReader.self
    folder = counts.deletingLastPathComponent()
    format = LegacySTReader.format
    self.name = folder.standardizedFileURL.lastPathComponent
    models = []
    sections = [
      SectionReference(
        name: section, patient: LegacySTReader.patient(ofSection: section), counts: counts,
        spots: spots, image: image, labels: labels)
    ]
  }

  /// The `.safetensors` files in a folder's `models`.
  private static func models(in folder: URL) -> [URL] {
    let models = folder.appending(path: "models")
    return namesInFolder(models).sorted()
      .map { models.appending(path: $0) }
      .filter { $0.pathExtension.lowercased() == "safetensors" }
  }

  /// Reads one of the data set's sections.
  public func read(_ reference: SectionReference) throws(SectionError) -> Section {
    try reader.read(reference)
  }

  /// The section of a name; case matters only where two names differ in nothing else.
  ///
  /// - Throws: the names there are, and the nearest one, where there is no such section.
  public func reference(named wanted: String) throws(SectionError) -> SectionReference {
    if let exact = sections.first(where: { $0.name == wanted }) { return exact }
    let alike = sections.filter { $0.name.lowercased() == wanted.lowercased() }
    if alike.count == 1 { return alike[0] }
    let names = sections.map(\.name)
    let hint = nearest(to: wanted, among: names).map { " Did you mean '\($0)'?" } ?? ""
    throw SectionError(
      file: folder,
      problem: "has no section '\(wanted)'.\(hint) It has \(names.joined(separator: ", ")).")
  }
}
