import ArgumentParser
import Sections

/// Where the nuclei of sections are, for models that ask for them.
struct NucleusOptions: ParsableArguments {
  @Option(
    name: .customLong("nuclei"),
    help: ArgumentHelp(
      "The sections' nuclei: a folder with a file a section, a path with {section} in it, or one file. "
        + "A table of centres x, y in pixels or of spot, nuclei; GeoJSON; or a segmentation as PNG or "
        + "TIFF. SECTION.nuclei.tsv beside the counts is found by itself.", valueName: "path"),
    completion: .file())
  var path: String?

  /// The data set with the nuclei named.
  ///
  /// - Parameter section: the one that was named, whose a single file is.
  func apply(to dataSet: DataSet, section: String? = nil) throws -> DataSet {
    guard let path else { return dataSet }
    return try dataSet.with(
      nuclei: path, ofSection: try section.map { try dataSet.reference(named: $0).name })
  }
}
