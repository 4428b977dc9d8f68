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
  /// Whether the folder looks like this platform's; looks at names and opens nothing.
  static func recognizes(_ folder: URL) -> Bool
  /// The sections the folder holds, sorted by name; opens no file.
  static func sections(in folder: URL) throws(SectionError) -> [SectionReference]
  /// Reads one section; its image is only looked at, not decoded.
  static func read(_ reference: SectionReference) throws(SectionError) -> Section
}
