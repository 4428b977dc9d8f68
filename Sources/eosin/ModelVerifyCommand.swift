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
    let infos = try files.map { try workbench.verifyModel(URL(filePath: $0)) }
    if json { return try printJSON(infos) }
    for info in infos {
      print(
        "\(info.file): \(info.title) of \(info.genes.count) genes, \(info.parameters) numbers, "
          + "all finite, \(info.fingerprint)")
    }
  }
}
