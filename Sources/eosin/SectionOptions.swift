import ArgumentParser
import Foundation
import Sections
import Workbench

/// Which section, and how its expression is normalised: the same options for every command.
struct SectionOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "What to open: a Space Ranger folder, an .h5ad, a folder such as her2st's, a table of counts, "
        + "an image.", valueName: "path"),
    completion: .file())
  var folder: String?

  @Option(
    name: .shortAndLong,
    help: "The section, such as C2; by default one that no model shown saw, or the first.")
  var section: String?

  @Option(help: "A table of counts, spots by genes, in place of a folder.", completion: .file())
  var counts: String?

  @Option(help: "The spots' positions: x, y, pixel_x, pixel_y.", completion: .file())
  var spots: String?

  @Option(help: "The H&E image, in place of the one found.", completion: .file())
  var image: String?

  @Option(help: "The pathologist's labels: x, y, label.", completion: .file())
  var labels: String?

  @OptionGroup var nuclei: NucleusOptions

  @OptionGroup var placement: PlacementOptions

  @Option(
    help: ArgumentHelp(
      "Gigabytes that a section's counts may take; larger ones stay in a file of the cache. Half of "
        + "the machine's memory by default.", valueName: "gigabytes"))
  var memory: Double?

  @Option(
    help: "Genes that make up the library of 'released' and that clusters are made of: a list.",
    completion: .file())
  var panel: String?

  @Option(
    help: "One of \(Normalization.presets.map(\.name).joined(separator: ", ")).",
    transform: SectionOptions.normalization(named:))
  var normalization: Normalization?

  /// The preset of a name.
  static func normalization(named name: String) throws -> Normalization {
    guard let preset = Normalization.presets.first(where: { $0.name == name }) else {
      throw ValidationError(
        "There is no normalization '\(name)'. Choose one of "
          + "\(Normalization.presets.map(\.name).joined(separator: ", ")).")
    }
    return preset
  }

  mutating func validate() throws {
    if counts == nil, spots != nil || labels != nil {
      throw ValidationError("--spots and --labels go with --counts.")
    }
    if let memory, !(memory > 0 && memory < 1e6) {
      throw ValidationError("--memory takes a number of gigabytes above 0, not \(memory).")
    }
    if counts != nil, folder != nil {
      throw ValidationError("Give either a path or --counts, not both.")
    }
  }

  /// The data set that was named: a folder or file, files of one section, or the sample data; with
  /// the image, and how spots lie on it, as asked.
  func dataSet() throws -> DataSet {
    if let memory { Workbench.use(memory: Int(memory * 1e9)) }
    let named = try nuclei.apply(to: try namedDataSet(), section: section)
    guard image != nil || placement.request != nil else { return named }
    guard let name = try section.map({ try named.reference(named: $0).name }) ?? named.onlySection
    else {
      throw ValidationError(
        "\(named.name) has \(named.sections.count) sections: say with --section of which the image is."
      )
    }
    return named.with(
      image: image.map { URL(filePath: $0) }, placement: placement.request, ofSection: name)
  }

  private func namedDataSet() throws -> DataSet {
    guard let counts else { return try Self.dataSet(folder) }
    return DataSet(
      counts: URL(filePath: counts), spots: spots.map { URL(filePath: $0) },
      image: image.map { URL(filePath: $0) }, labels: labels.map { URL(filePath: $0) },
      name: section)
  }

  /// The data set of a folder, or the sample data.
  static func dataSet(_ folder: String?) throws -> DataSet {
    if let folder {
      // The viewer is the default command, so a command that is misspelt arrives here as a folder.
      let commands = Eosin.configuration.subcommands.compactMap { $0.configuration.commandName }
      if !folder.contains("/"), !FileManager.default.fileExists(atPath: folder),
        let meant = nearest(to: folder, among: commands)
      {
        throw ValidationError(
          "There is no folder '\(folder)' and no such command. Did you mean 'eosin \(meant)'?")
      }
      return try DataSet(opening: URL(filePath: folder))
    }
    guard let sample = UserFolders().sampleData else {
      throw WorkbenchError(
        "The sample data is not where this program looks: set EOSIN_DATA to the folder that "
          + "holds SampleData, or name a data set's folder.")
    }
    return try DataSet(opening: sample)
  }

  /// The section that was named, else the one preferred, else the data set's first.
  func reference(
    in dataSet: DataSet, preferring preferred: SectionReference? = nil
  ) throws -> SectionReference {
    if let section, counts == nil { return try dataSet.reference(named: section) }
    if let preferred { return preferred }
    guard let first = dataSet.sections.first else {
      throw WorkbenchError(
        "\(dataSet.folder.path) has no sections. Put tables of counts into its ST-cnts.")
    }
    return first
  }

  /// The panel that was named.
  func readPanel() throws -> Panel? {
    try panel.map { try Panel(reading: URL(filePath: $0)) }
  }

  /// Reads the section, and says on standard error what did not join.
  func load(
    with workbench: Workbench, preferring preferred: SectionReference? = nil,
    isToldOfOnly: Bool = false
  ) throws -> LoadedSection {
    let dataSet = try dataSet()
    let reference = try reference(in: dataSet, preferring: preferred)
    let panel = try readPanel()
    let loaded = try workbench.load(
      reference, of: dataSet, panel: panel, normalization: normalization,
      isToldOfOnly: isToldOfOnly)
    for note in loaded.section.notes { StandardError.print("\(loaded.section.name): \(note)") }
    if let missing = panel?.indices(in: loaded.section).missing, !missing.isEmpty {
      StandardError.print(
        "\(loaded.section.name): \(missing.count) of the panel's genes are not in the section: "
          + missing.prefix(5).joined(separator: ", ") + (missing.count > 5 ? ", …" : ""))
    }
    return loaded
  }
}

extension DataSet {
  /// The name of the section where there is one only.
  fileprivate var onlySection: String? { sections.count == 1 ? sections[0].name : nil }
}
