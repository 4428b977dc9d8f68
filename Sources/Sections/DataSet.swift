import Foundation

/// The readers of all platforms that Eosin knows, in the order they are asked.
public let sectionReaders: [any SectionReader.Type] = [
  LegacySTReader.self,
  CSCCReader.self,
  SpaceRangerReader.self,
  AnnDataReader.self,
  LooseTablesReader.self,
  ImageReader.self,
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
  return try reader.placed(reference)
}

extension SectionReader {
  /// Reads one section and lays its spots on its image.
  fileprivate static func placed(_ reference: SectionReference) throws(SectionError) -> Section {
    var section = try read(reference).placed(by: reference.placement ?? PlacementRequest())
    section.nuclei = reference.nuclei ?? NucleusSource.sidecar(of: reference)
    section.files += [section.nuclei].compactMap(\.self)
    return section
  }
}

/// A folder or file with sections of one platform.
public struct DataSet: Sendable {
  /// The folder's name; the file's without its ending.
  public let name: String
  /// The folder or file that was opened.
  public let folder: URL
  /// The format of the reader that recognized it, such as `st`.
  public let format: String
  /// What there is, sorted by name; nothing of it is read yet.
  public private(set) var sections: [SectionReference]
  /// The checkpoints in the folder's own `models`, sorted by name; none of them is opened yet.
  public let models: [URL]

  /// Where a user says that nuclei are; see ``with(nuclei:ofSection:)``.
  public internal(set) var nuclei: String?

  private let reader: any SectionReader.Type

  /// Looks into a folder, or at a file, and finds its sections.
  ///
  /// - Throws: when nothing is there, or it is none of the known layouts.
  public init(opening path: URL) throws(SectionError) {
    guard FileManager.default.fileExists(atPath: path.path) else {
      throw SectionError(file: path, problem: "is not there. Check the path.")
    }
    guard let reader = sectionReaders.first(where: { $0.recognizes(path) }) else {
      throw SectionError(file: path, problem: Self.notRecognized(path))
    }
    self.reader = reader
    folder = path
    format = reader.format
    sections = try reader.sections(in: path)
    let standardized = path.standardizedFileURL
    if isFolder(path) {
      models = Self.models(in: path)
      // `her2st/data` is the data set `her2st`, and `C2/outs` is `C2`.
      name =
        ["data", "outs"].contains(standardized.lastPathComponent)
        ? standardized.deletingLastPathComponent().lastPathComponent
        : standardized.lastPathComponent
    } else {
      models = Self.models(in: path.deletingLastPathComponent())
      name = String(standardized.lastPathComponent.prefix { $0 != "." })
    }
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

  /// The same data set with one section's image, or the way its spots lie on it, as a user says.
  public func with(
    image: URL?, placement: PlacementRequest?, ofSection name: String
  ) -> DataSet {
    var copy = self
    for place in sections.indices where sections[place].name == name {
      if let image { copy.sections[place].image = image }
      if let placement { copy.sections[place].placement = placement }
    }
    return copy
  }

  /// The same data set with every reference changed.
  func mappingSections(_ change: (inout SectionReference) -> Void) -> DataSet {
    var copy = self
    for place in copy.sections.indices { change(&copy.sections[place]) }
    return copy
  }

  /// The `.safetensors` files in a folder's `models`.
  private static func models(in folder: URL) -> [URL] {
    let models = folder.appending(path: "models")
    return namesInFolder(models).sorted()
      .map { models.appending(path: $0) }
      .filter { $0.pathExtension.lowercased() == "safetensors" }
  }

  /// The spots and one gene of a section whose counts take long to read; nil for all others.
  public func preview(
    _ reference: SectionReference, gene: String?, matrices: MatrixCache
  ) throws(SectionError) -> Section? {
    let section = try MatrixCache.$current.withValue(matrices) {
      Result { () throws(SectionError) -> Section? in
        try reader.preview(reference, gene: gene)
      }
    }.get()
    return try section?.placed(by: reference.placement ?? PlacementRequest())
  }

  /// Reads one of the data set's sections and lays its spots on its image.
  ///
  /// - Parameter matrices: where large matrices are found sorted, or are sorted into.
  /// - Throws: also when its spots have no positions, unless `isToldOfOnly` says that it is not to be
  ///   drawn.
  public func read(
    _ reference: SectionReference, isToldOfOnly: Bool = false, matrices: MatrixCache? = nil
  ) throws(SectionError) -> Section {
    let section = try MatrixCache.$current.withValue(matrices) {
      Result { () throws(SectionError) -> Section in try reader.placed(reference) }
    }.get()
    if !isToldOfOnly, let missing = section.missingPositions {
      throw SectionError(file: reference.counts, problem: missing)
    }
    return section
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

  /// What was looked for, and what was found instead.
  private static func notRecognized(_ path: URL) -> String {
    let wanted = sectionReaders.map { $0.looksFor }.joined(separator: "; ")
    guard isFolder(path) else {
      return "is no file Eosin knows. It opens \(wanted)."
    }
    let names = namesInFolder(path).sorted()
    return "is no data set Eosin knows; it holds \(names.isEmpty ? "nothing" : listed(names)). "
      + "Eosin opens \(wanted)."
  }
}
