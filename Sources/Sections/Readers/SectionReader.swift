import Foundation

/// A section that a folder offers, before anything of it is read.
public struct SectionReference: Sendable, Hashable, Codable {
  /// The section's name, such as `C2`.
  public var name: String
  /// Whose tissue it is.
  public var patient: String
  /// The table of counts.
  public var counts: URL
  /// Where the spots are; nil where only the counts' own spot names tell.
  public var spots: URL?
  /// The H&E image, where there is one.
  public var image: URL?
  /// The pathologist's labels, where there are any.
  public var labels: URL?
  /// The section's nuclei, where a user says; those beside its counts or image otherwise.
  public var nuclei: URL?
  /// The factors between the full image and smaller ones, where a file tells.
  public var scaleFactors: URL?
  /// The folder with clusterings made elsewhere, where there is one.
  public var clusterings: URL?
  /// Which of the sections in the file it is, where a file holds several.
  public var part: String?
  /// How spots are to lie on the image, where a user says.
  public var placement: PlacementRequest?

  /// Names a section's files.
  public init(
    name: String, patient: String, counts: URL, spots: URL?, image: URL? = nil, labels: URL? = nil
  ) {
    self.name = name
    self.patient = patient
    self.counts = counts
    self.spots = spots
    self.image = image
    self.labels = labels
  }
}

/// Reads one platform's files. A new platform is one file with a type that conforms.
public protocol SectionReader: Sendable {
  /// What `--format` takes, such as `st`.
  static var format: String { get }
  /// What it opens, as part of a sentence: `a folder with ST-cnts`.
  static var looksFor: String { get }
  /// Whether a folder or file looks like this platform's; looks at names and, where a name does not
  /// tell, at a file's first bytes.
  static func recognizes(_ path: URL) -> Bool
  /// The sections a folder or file holds, sorted by name; reads no more than their names take.
  static func sections(in path: URL) throws(SectionError) -> [SectionReference]
  /// Reads one section; its image is only looked at, not decoded.
  static func read(_ reference: SectionReference) throws(SectionError) -> Section
  /// The spots and one gene of a section, ``Section/onlyGene``, where reading all of it takes long.
  ///
  /// - Parameter gene: by name; one seen at many spots where it is nil or unknown.
  static func preview(
    _ reference: SectionReference, gene: String?
  ) throws(SectionError) -> Section?
}

extension SectionReader {
  /// None: the section is read fast enough.
  public static func preview(
    _ reference: SectionReference, gene: String?
  ) throws(SectionError) -> Section? { nil }
}
