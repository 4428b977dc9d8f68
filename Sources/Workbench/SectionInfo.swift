import Drawing
import Foundation
import Sections

/// What `eosin info` says of a data set.
public struct DataSetInfo: Sendable, Codable {
  /// One section, before anything of it is read.
  public struct Entry: Sendable, Codable {
    /// The section's name, such as `C2`.
    public let name: String
    /// Whose tissue it is.
    public let patient: String
    /// Whether a file tells where the spots are.
    public let hasSpots: Bool
    /// Whether there is an H&E image.
    public let hasImage: Bool
    /// Whether there are pathologist's labels.
    public let hasLabels: Bool
  }

  /// The folder's name.
  public let name: String
  /// The layout recognized, such as `st`.
  public let format: String
  /// The sections, sorted by name.
  public let sections: [Entry]
  /// The checkpoints in its folder, which the viewer shows when no method is named.
  public let models: [StoredModels.Entry]
  /// Why other files among them are left out.
  public let notes: [String]

  /// Tells of a data set without reading any section; of its models only the headers.
  public init(_ dataSet: DataSet) {
    name = dataSet.name
    format = dataSet.format
    sections = dataSet.sections.map {
      Entry(
        name: $0.name, patient: $0.patient, hasSpots: $0.spots != nil, hasImage: $0.image != nil,
        hasLabels: $0.labels != nil)
    }
    let stored = StoredModels(of: dataSet)
    models = stored.entries
    notes = stored.problems
  }

  /// The same as lines of text.
  public var text: String {
    let patients = Set(sections.map(\.patient)).count
    let head =
      "\(name): \(sections.count) section\(sections.count == 1 ? "" : "s") of "
      + "\(patients) patient\(patients == 1 ? "" : "s"), format \(format)"
    let width = min(sections.map(\.name.columns).max() ?? 0, 40)
    let lines = sections.map { section in
      var parts = section.patient == section.name ? [] : ["patient \(section.patient)"]
      if format == ImageReader.format {
        parts.append("image")
      } else {
        parts += [
          section.hasSpots ? "spots" : "no spots", section.hasImage ? "image" : "no image",
          section.hasLabels ? "labels" : "no labels",
        ]
      }
      return "  \(section.name.fitted(to: width)) \(parts.joined(separator: " · "))"
    }
    let more = ["Tell more with --section NAME."]
    return ([head] + lines + modelLines + more).joined(separator: "\n")
  }

  private var modelLines: [String] {
    guard !models.isEmpty || !notes.isEmpty else { return [] }
    let width = models.map(\.name.columns).max() ?? 0
    let lines = models.map { model in
      let held = model.heldOut.joined(separator: ", ")
      let fact = held.isEmpty ? model.trainingProtocol : "held out \(held)"
      let file = URL(filePath: model.file).lastPathComponent
      return "  \(model.name.fitted(to: width))  \(file) · \(fact)"
    }
    let count = models.count
    return ["\(count) model\(count == 1 ? "" : "s") in its folder models"] + lines
      + notes.map { "  left out: \($0)" }
  }
}

/// What `eosin info` says of one section.
public struct SectionInfo: Sendable, Codable {
  /// The image and how the spots lie on it.
  public struct Image: Sendable, Codable {
    /// The image's path.
    public let file: String
    /// Columns of the full image, in pixels.
    public let width: Int
    /// Rows of the full image, in pixels.
    public let height: Int
    /// Spots whose centre does not lie on the image; more than 0 hints at the wrong image.
    public let spotsOutside: Int
    /// Pixels of the image per unit of the positions as the files have them.
    public let scale: Double
    /// What the files call that scale; nil where they do not.
    public let scaleName: String?
    /// The options that turn the positions over, `as read` for none.
    public let orientation: String
    /// The share of the image that the spots' smallest rectangle takes.
    public let coverage: Double?
    /// Microns along a pixel of the image, where its file tells.
    public let pixelSizeMicrons: Double?
  }

  /// The section's name, such as `C2`.
  public let name: String
  /// Whose tissue it is.
  public let patient: String
  /// The technology in one word, such as `ST`.
  public let platform: String
  /// The layout it was read from, such as `st`.
  public let format: String
  /// The number of spots.
  public let spots: Int
  /// The number of genes.
  public let genes: Int
  /// The sum of all counts.
  public let countsInAll: Double
  /// Counts at the median spot; of two in the middle, the larger.
  public let medianCountsOfSpot: Double
  /// Genes seen at the median spot; of two in the middle, the larger.
  public let medianGenesOfSpot: Int
  /// Median distance from a spot to the nearest other, in image pixels.
  public let pitchPixels: Double
  /// The H&E image; nil where the section has none.
  public let image: Image?
  /// Spots of each label, where there are labels.
  public let labels: [String: Int]?
  /// Categories of spots that came with the section, but for the pathologist's labels.
  public struct Clustering: Sendable, Codable {
    /// What they are called.
    public let name: String
    /// How many there are.
    public let categories: Int
  }

  /// Clusterings and other categories that came with the section.
  public let annotations: [Clustering]
  /// Why the spots cannot be drawn; nil where they have positions.
  public let missingPositions: String?
  /// How counts, spots and labels met; nil where they came from one file.
  public let join: JoinReport?
  /// What was left out or changed while reading, one sentence each.
  public let notes: [String]
  /// The paths of all files read.
  public let files: [String]

  /// Tells of a section that has at least one spot.
  ///
  /// - Parameter remark: what was found out about the image and the spots on it besides.
  public init(_ loaded: LoadedSection, format: String, remark: String? = nil) {
    let section = loaded.section
    name = section.name
    patient = section.patient
    platform = section.platform
    self.format = format
    spots = section.spots.count
    genes = section.genes.count
    countsInAll = loaded.totalOfSpot.reduce(0, +)
    medianCountsOfSpot = loaded.totalOfSpot.upperMedian ?? 0
    medianGenesOfSpot = loaded.genesOfSpot.upperMedian ?? 0
    pitchPixels = loaded.layout.pitch
    image = section.image.map {
      Image(
        file: $0.url.path, width: $0.width, height: $0.height,
        spotsOutside: section.spotsOutsideImage ?? 0, scale: section.placement.scale,
        scaleName: section.placement.scaleName,
        orientation: section.placement.orientation.options, coverage: section.fit?.coverage,
        pixelSizeMicrons: $0.pixelSizeMicrons)
    }
    labels = section.labels.map { labels in
      Dictionary(
        uniqueKeysWithValues: labels.categories.enumerated().map { category, name in
          (name, labels.categoryOfSpot.count { $0 == category })
        })
    }
    join = section.join
    missingPositions = section.missingPositions
    annotations = section.annotations.filter { $0.name != Annotation.pathologist }.map {
      Clustering(name: $0.name, categories: $0.categories.count)
    }
    notes = section.notes + [remark].compactMap(\.self)
    files = section.files.map(\.path)
  }

  /// The same as lines of text.
  public var text: String {
    var lines = ["Section \(name) of patient \(patient): \(platform), format \(format)"]
    if spots > 0 || genes > 0 { lines += countLines }
    lines += imageLines
    if let labels {
      let parts = labels.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { "\($0.key) \($0.value)" }
      lines.append("  labels   \(parts.joined(separator: ", "))")
    } else if spots > 0 {
      lines.append("  labels   none")
    }
    if !annotations.isEmpty {
      let parts = annotations.map { "\($0.name) (\($0.categories))" }
      lines.append("  clusters \(parts.joined(separator: ", "))")
    }
    if let join {
      lines.append(
        "  joined   \(join.joined.grouped) of \(join.countRows.grouped) count rows and "
          + "\(join.selectedSpots.grouped) spots")
    }
    if let missingPositions { lines.append("  missing  \(missingPositions)") }
    lines += notes.map { "  note     \($0)" }
    lines += files.map { "  file     \($0)" }
    return lines.joined(separator: "\n")
  }

  private var countLines: [String] {
    let apart =
      missingPositions == nil ? ", \(Int(pitchPixels.rounded()).grouped) px apart" : ""
    return [
      "  spots    \(spots.grouped)\(apart)",
      "  genes    \(genes.grouped), \(medianGenesOfSpot.grouped) seen at the median spot",
      "  counts   \(Int(countsInAll).grouped) in all, "
        + "\(Int(medianCountsOfSpot).grouped) at the median spot",
    ]
  }

  private var imageLines: [String] {
    guard let image else { return ["  image    none"] }
    let size = "\(image.width.grouped) × \(image.height.grouped) px"
    let micron = image.pixelSizeMicrons.map { " of \(fourDigits($0)) µm" } ?? ""
    guard spots > 0, missingPositions == nil else { return ["  image    \(size)\(micron)"] }
    let fit =
      image.spotsOutside == 0
      ? "every spot lies on it"
      : "\(image.spotsOutside.grouped) of \(spots.grouped) spots lie outside it: are the "
        + "positions those of this image?"
    var lines = ["  image    \(size)\(micron); \(fit)"]
    if image.scale != 1 || image.orientation != "as read" || image.scaleName != "full" {
      let name = image.scaleName.map { " (\($0))" } ?? ""
      lines.append("  placed   at scale \(fourDigits(image.scale))\(name), \(image.orientation)")
    }
    return lines
  }
}

/// A number in four digits that count.
private func fourDigits(_ value: Double) -> String { String(format: "%.4g", value) }

extension Array where Element: Comparable {
  /// The median; of two in the middle, the larger; nil for nothing.
  fileprivate var upperMedian: Element? { isEmpty ? nil : sorted()[count / 2] }
}
