import ArgumentParser
import Foundation
import Workbench

/// Whether checkpoints can be predicted with.
struct ModelVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that checkpoints are whole: sizes, names, genes, every weight.")

  @Argument(help: "The checkpoints.", completion: .file(extensions: ["safetensors"]))
  var files: [String]
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let workbench = Workbench()
    let found = try files.map { file -> Verified in
      let url = URL(filePath: file)
      return try workbench.verifyTumourModel(url).map(Verified.tumour)
        ?? .model(try workbench.verifyModel(url))
    }
    try json ? printJSON(found) : print(found.map(\.text).joined(separator: "\n"))
  }
}

/// A checkpoint that is whole.
private enum Verified: Encodable {
  case model(ModelInfo)
  case tumour(TumourModelInfo)

  /// What it is, in a line.
  var text: String {
    switch self {
    case .model(let info):
      "\(info.file): \(info.title) of \(info.genes.count) genes, \(info.parameters) numbers, "
        + "all finite, \(info.fingerprint)"
    case .tumour(let info):
      "\(info.file): \(info.title) (\(info.tumour.joined(separator: ", "))), \(info.parameters) "
        + "numbers, all finite, \(info.fingerprint)"
    }
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .model(let info): try info.encode(to: encoder)
    case .tumour(let info): try info.encode(to: encoder)
    }
  }
}
