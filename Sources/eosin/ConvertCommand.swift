import ArgumentParser
import Foundation
import Sections
import Workbench

/// A section written for other programs.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a section for scanpy, QuPath or Loupe Browser, with predictions and clusters.",
    discussion: """
      The format is told by --output's ending, or by --to: h5ad (.h5ad, for anndata, scanpy and \
      squidpy), geojson (.geojson, for QuPath), loupe (.csv, categories for Loupe Browser), st (a \
      folder of tables as of her2st). Counts are written as they were read. In .h5ad each method is \
      a layer, NaN where it predicts nothing; labels and clusters are columns of obs with their \
      colours. Models are used only where --model names them; the layers of an .h5ad that is read \
      are kept.
      """)

  @OptionGroup var source: SectionOptions
  @OptionGroup var methods: MethodOptions
  @OptionGroup var compute: ComputeOptions
  @Option(
    name: [.customShort("k"), .long],
    help: "Add K-means clusters, this many, of what was observed and of each method.")
  var clusters: Int?
  @Option(help: "The seed of the clusters; the same gives the same.") var seed: UInt64 = 0
  @Option(
    help: ArgumentHelp(
      "The categories that shapes and Loupe's spots are of, such as pathologist or clusters; the "
        + "clusters where there are any, else the labels.", valueName: "name"))
  var category: String?
  @Option(
    help: ArgumentHelp(
      "GeoJSON: what becomes shapes, one of "
        + "\(GeoJSONContent.Shapes.allCases.map(\.rawValue).joined(separator: ", ")); regions where "
        + "there are categories.", valueName: "kind"))
  var shapes: GeoJSONContent.Shapes?
  @Option(
    help: ArgumentHelp(
      "GeoJSON: genes whose values are given with each shape, separated by commas.",
      valueName: "names"))
  var genes: String?
  @Flag(name: .customLong("no-image"), help: "Leave the picture of the tissue out of .h5ad.")
  var leavesOutImage = false
  @Option(
    name: .customLong("to"),
    help: ArgumentHelp(
      "The format, where --output's ending does not tell: "
        + "\(ConversionFormat.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "format"))
  var format: ConversionFormat?
  @Option(
    name: .shortAndLong, help: "The file to write; for st, the folder.",
    completion: .file(extensions: ["h5ad", "geojson", "csv"]))
  var output: String
  @Flag(help: "Replace the output file when it is there already.") var force = false
  @Flag(help: "Print JSON.") var json = false

  private var resolvedFormat: ConversionFormat? { format ?? ConversionFormat(path: output) }

  func validate() throws {
    guard let resolved = resolvedFormat else {
      throw ValidationError(
        "--output takes a file that ends in .h5ad, .geojson or .csv; or name the format with --to.")
    }
    if let clusters, !(2...26).contains(clusters) {
      throw ValidationError("--clusters takes a number from 2 to 26.")
    }
    if resolved != .geojson, shapes != nil || genes != nil {
      throw ValidationError("--shapes and --genes go with a .geojson file.")
    }
    if category != nil, resolved != .geojson, resolved != .loupe {
      throw ValidationError("--category goes with a .geojson or .csv file.")
    }
    if resolved == .st, clusters != nil || !methods.isEmpty {
      throw ValidationError(
        "The layout of her2st has no place for clusters and predictions. Write an .h5ad file.")
    }
  }

  func run() throws {
    guard let format = resolvedFormat else { return }
    compute.apply()
    let file = URL(filePath: output)
    if format != .st { try checkOutput(output, replacing: force) }
    let workbench = Workbench()
    let methods = format == .st ? [] : try methodsAndLayers()
    // Tables can do without positions.
    let section = try source.load(
      with: workbench, isToldOfOnly: format == .h5ad || format == .loupe)
    let normalization = section.normalization
    var settings = clusters.map {
      ClusterSettings(clusterCount: $0, normalization: normalization)
    }
    settings?.seed = seed
    let interruption = Interruption()
    let bar = ProgressBar("converting")
    defer { bar.finish() }
    var conversion = try workbench.conversion(
      of: section, methods: methods, normalization: normalization, clusters: settings,
      withPicture: format == .h5ad && !leavesOutImage, progress: bar.show,
      isCancelled: { interruption.hasCome })
    if let category { try conversion.choose(category: category) }
    conversion.shapes = shapes
    conversion.genes = (genes ?? "").split(separator: ",")
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    let notes = try conversion.write(as: format, to: file, replacing: force)
    bar.finish()
    for note in notes { StandardError.print("\(section.section.name): \(note)") }
    let summary = ConversionSummary(conversion, format, output: output, notes: notes)
    try json ? printJSON(summary) : print(summary.text)
  }

  /// The methods named, and the layers of the section's own `.h5ad` under names that are free.
  private func methodsAndLayers() throws -> [Method] {
    let named = try methods.methods()
    let dataSet = try source.dataSet()
    guard dataSet.format == AnnDataReader.format else { return named }
    let file = try source.reference(in: dataSet).counts
    let layers = AnnDataLayers.methods(in: try DataSet(opening: file))
    return named + layers.filter { layer in !named.contains { $0.name == layer.name } }
  }
}

extension ConversionFormat: ExpressibleByArgument {}
extension GeoJSONContent.Shapes: ExpressibleByArgument {}
