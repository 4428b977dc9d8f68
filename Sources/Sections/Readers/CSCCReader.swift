import Foundation

// The files of GSE144240 (cutaneous squamous cell carcinoma), all in one folder, each perhaps behind
// the number of a GEO sample:
//
//   GSM4284316_P2_ST_rep1_stdata.tsv.gz                    counts, spots × genes
//   GSM4284316_spot_data-selection-P2_ST_rep1.tsv.gz       spots on tissue, with pixels
//   GSM4284316_P2_ST_rep1.jpg                              H&E image
private let countsEnding = "_stdata"
private let spotsStart = "spot_data-selection-"

/// Reads legacy Spatial Transcriptomics under the names of GSE144240; what is in the files is as
/// ``LegacySTReader`` has it. Most rows of counts there have no selected spot.
public enum CSCCReader: SectionReader {
  /// What `--format` takes: `cscc`.
  public static let format = "cscc"
  /// What is opened, for a message about what is not.
  public static let looksFor = "a folder of *_stdata.tsv.gz tables, as of GSE144240"

  /// Whether a folder has tables that end in `_stdata`, or a file is one.
  public static func recognizes(_ path: URL) -> Bool {
    isFolder(path)
      ? namesInFolder(path).contains { sectionOfCounts($0) != nil }
      : sectionOfCounts(path.lastPathComponent) != nil
  }

  /// The sections with counts, sorted by name, or the one whose counts a file is; opens no file.
  public static func sections(in path: URL) throws(SectionError) -> [SectionReference] {
    let folder = isFolder(path) ? path : path.deletingLastPathComponent()
    let names = namesInFolder(folder).sorted()
    var spots: [String: URL] = [:]
    var images: [String: URL] = [:]
    for name in names {
      let own = withoutSampleNumber(name)
      let url = folder.appending(path: name)
      if let stem = tableStem(own), stem.hasPrefix(spotsStart) {
        spots[String(stem.dropFirst(spotsStart.count))] = url
      } else if let stem = imageStem(own) {
        images[stem] = images[stem] ?? url
      }
    }
    let counts = isFolder(path) ? names : [path.lastPathComponent]
    var references: [String: SectionReference] = [:]
    for name in counts {
      guard let section = sectionOfCounts(name), references[section] == nil else { continue }
      references[section] = SectionReference(
        name: section, patient: patient(ofSection: section), counts: folder.appending(path: name),
        spots: spots[section], image: images[section])
    }
    guard !references.isEmpty else {
      throw SectionError(
        file: path,
        problem: "holds no counts. Looked for names that end in \(countsEnding).tsv.gz.")
    }
    return references.values.sorted { $0.name < $1.name }
  }

  /// Reads one section as ``LegacySTReader`` does.
  public static func read(_ reference: SectionReference) throws(SectionError) -> Section {
    try LegacySTReader.read(reference)
  }

  /// Whose tissue a section is: `P2` of `P2_ST_rep1`; else all before `_rep1`, such as `MOB_ST`,
  /// since replicates are of one tissue; else the name.
  static func patient(ofSection name: String) -> String {
    let start = name.prefix { $0 != "_" }
    if start.first == "P", start.count > 1, start.dropFirst().allSatisfy(\.isNumber) {
      return String(start)
    }
    guard let replicate = name.range(of: "_rep", options: .backwards),
      replicate.lowerBound > name.startIndex, replicate.upperBound < name.endIndex,
      name[replicate.upperBound...].allSatisfy(\.isNumber)
    else { return name }
    return String(name[..<replicate.lowerBound])
  }

  /// `P2_ST_rep1` of a file with its counts; nil for other names.
  private static func sectionOfCounts(_ name: String) -> String? {
    guard let stem = tableStem(withoutSampleNumber(name)), stem.hasSuffix(countsEnding),
      stem.count > countsEnding.count
    else { return nil }
    return String(stem.dropLast(countsEnding.count))
  }
}

/// A file's name without the number of a GEO sample before it.
private func withoutSampleNumber(_ name: String) -> String {
  guard name.hasPrefix("GSM"), let end = name.firstIndex(of: "_"),
    name[..<end].dropFirst(3).allSatisfy(\.isNumber)
  else { return name }
  return String(name[name.index(after: end)...])
}
