import Foundation

/// A section that a folder offers, before anything of it is read.
public struct SectionReference: Sendable, Hashable {
  public var name: String
  public var patient: String
  public var counts: URL
  /// Where the spots are; nil where only the counts' own spot names tell.
  public var spots: URL?
  public var image: URL?
  public var labels: URL?

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
