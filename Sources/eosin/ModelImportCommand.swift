import ArgumentParser
import Foundation
import Sections
import Workbench

/// A checkpoint of the authors made one of Eosin's.
struct ModelImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a checkpoint of weights trained with the authors' code.",
    discussion: """
      Reads Lightning's .ckpt, PyTorch's .pt and .pth, old and new, and .safetensors. Tensors and \
      plain values are all that is taken from them: nothing in a file is run. The network's sizes \
      follow from the shapes of the weights.

      The encoder that a model sees sections through is imported too, by its name: --model ctranspath \
      or clip-vit. It predicts nothing by itself and needs no --genes. A file of the authors that holds \
      a model without its encoder, as HiST's do, gets one by --encoder.
      """)

  @Argument(help: "The file with the weights.", completion: .file()) var file: String
  @Option(help: "The model or encoder, as in 'eosin model list'; the one that fits by default.")
  var model: String?
  @Option(
    help: "The genes in the order of the outputs: a list or the authors' .npy.",
    completion: .file())
  var genes: String?
  @Option(
    help: "What the model was trained to predict; what the authors' are by default.",
    transform: SectionOptions.normalization(named:))
  var normalization: Normalization?
  @Option(
    help: "The file of the encoder that a model without one sees sections through.",
    completion: .file())
  var encoder: String?
  @Option(
    name: .customLong("set"),
    help: "A setting the shapes do not tell, as graphAttention=published.")
  var settings: [String] = []
  @Option(
    name: .shortAndLong, help: "The file to write; FILE.safetensors by default.",
    completion: .file())
  var output: String?
  @Flag(help: "Replace the output file when it is there already.") var force = false
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let source = URL(filePath: file)
    let target =
      output.map { URL(filePath: $0) }
      ?? source.deletingPathExtension().appendingPathExtension("safetensors")
    let workbench = Workbench()
    if let model,
      let info = try workbench.importEncoder(
        source, as: model, settings: settings, to: target, replacing: force)
    {
      return try json ? printJSON(info) : print(info.text)
    }
    guard let genes else {
      throw ValidationError("Name the genes in the order of the outputs with --genes.")
    }
    let info = try workbench.importModel(
      source, as: model, genes: URL(filePath: genes), normalization: normalization,
      encoder: encoder.map { URL(filePath: $0) }, settings: settings, to: target, replacing: force)
    try json ? printJSON(info) : print(info.text)
  }
}
