import ArgumentParser
import Foundation
import Workbench

/// What a checkpoint is.
struct ModelInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Say what a checkpoint is and how it was trained.")

  @Argument(help: "The checkpoint.", completion: .file(extensions: ["safetensors"]))
  var file: String
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let workbench = Workbench()
    if let info = workbench.encoderInfo(URL(filePath: file)) {
      return try json ? printJSON(info) : print(info.text)
    }
    if let info = try workbench.tumourModelInfo(URL(filePath: file)) {
      return try json ? printJSON(info) : print(info.text)
    }
    let info = try workbench.modelInfo(URL(filePath: file))
    try json ? printJSON(info) : print(info.text)
  }
}
