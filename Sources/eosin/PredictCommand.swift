import ArgumentParser
import Foundation
import Sections
import Workbench

/// A section's expression as models predict it, scored and written.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Predict a section's expression from its image and compare it with the counts.",
    discussion: """
      Prints for each model the correlation with the observed expression over the section's spots. \
      With --output the predictions are written too: spots by genes. With several models each file \
      has the model's name before its ending. What was predicted before comes out of the cache. \
      Without --model and --predictions the models in the data set's folder predict a section that \
      they were not trained on.
      """)

  @OptionGroup var source: SectionOptions
  @OptionGroup var methods: MethodOptions
  @OptionGroup var compute: ComputeOptions
  @Flag(help: "Predict between the spots too: HisToGene as published, others at half the pitch.")
  var superResolution = false
  @Option(
    name: .shortAndLong, help: "The file to write: .tsv, .csv or .safetensors.",
    completion: .file(extensions: ["tsv", "csv", "safetensors"]))
  var output: String?
  @Flag(help: "Replace output files when they are there already.") var force = false
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    if let output, PredictionFormat(path: output) == nil {
      throw ValidationError("--output takes a file that ends in .tsv, .csv or .safetensors.")
    }
  }

  func run() throws {
    compute.apply()
    let comparison = try self.methods.comparison(in: try source.dataSet())
    let methods = comparison.methods
    guard !methods.isEmpty else {
      throw ValidationError(
        "Name a model with --model FILE, or a table with --predictions FILE: the data set's folder "
          + "has no models.")
    }
    let workbench = Workbench()
    let outputs = try methods.map { try target(of: $0, among: methods.count) }
    let section = try source.load(with: workbench, preferring: comparison.section)
    let interruption = Interruption()
    var rows: [PredictionSummary] = []
    for (method, output) in zip(methods, outputs) {
      let bar = ProgressBar(method.name)
      let prediction = try workbench.predict(
        method, section, at: superResolution ? .dense : .spots, progress: bar.show,
        isCancelled: { interruption.hasCome })
      bar.finish()
      if let output { try prediction.write(to: output, of: section.section, replacing: force) }
      rows.append(workbench.summary(of: prediction, on: section, output: output))
    }
    try json ? printJSON(rows) : print(PredictionSummary.text(of: rows, section: section.section))
  }

  /// The file of one method's predictions; found out before anything slow begins.
  private func target(of method: Method, among count: Int) throws -> URL? {
    guard let output else { return nil }
    var url = URL(filePath: output)
    if count > 1 {
      let ending = url.pathExtension
      let stem = url.deletingPathExtension().lastPathComponent
      url = url.deletingLastPathComponent()
        .appending(path: "\(stem)-\(method.name).\(ending)")
    }
    if !force, FileManager.default.fileExists(atPath: url.path) {
      throw WorkbenchError("\(url.path) is there already. Take another name, or pass --force.")
    }
    return url
  }
}
