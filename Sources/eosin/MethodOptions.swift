import ArgumentParser
import Foundation
import Sections
import Workbench

/// What is shown beside the observed expression: the same options for every command that compares.
struct MethodOptions: ParsableArguments {
  @Option(
    name: .customLong("model"),
    help: ArgumentHelp(
      "A model's checkpoint; may be given more than once.", valueName: "[name=]file"),
    completion: .file(extensions: ["safetensors"]))
  var models: [String] = []

  @Option(
    name: .customLong("predictions"),
    help: ArgumentHelp(
      "A table of predictions, spots by genes, TSV, CSV or safetensors, and what to call it; may "
        + "be given more than once.", valueName: "name=file"),
    completion: .file())
  var tables: [String] = []

  /// Whether nothing was asked for.
  var isEmpty: Bool { models.isEmpty && tables.isEmpty }

  /// The methods in the order of the options, models first, their names made unique.
  ///
  /// - Throws: when a file is not there.
  func methods() throws -> [Method] {
    var methods: [Method] = []
    var names: Set<String> = []
    for (argument, isModel) in models.map({ ($0, true) }) + tables.map({ ($0, false) }) {
      let (given, path) = Self.parts(of: argument)
      // Behind `NAME=` the shell leaves the sign for the home folder as it is.
      let url = URL(filePath: (path as NSString).expandingTildeInPath)
      try check(url)
      let wanted = given ?? Self.stem(of: url)
      var name = wanted
      var number = 1
      while !names.insert(name).inserted {
        number += 1
        name = "\(wanted) \(number)"
      }
      methods.append(Method(name: name, source: isModel ? .checkpoint(url) : .table(url)))
    }
    return methods
  }

  /// `NAME=FILE`, or a file alone, which may have `=` in its path.
  private static func parts(of argument: String) -> (name: String?, path: String) {
    guard let equals = argument.firstIndex(of: "="),
      !FileManager.default.fileExists(atPath: argument)
    else { return (nil, argument) }
    let name = argument[..<equals].trimmingCharacters(in: .whitespaces)
    guard !name.contains("/") else { return (nil, argument) }
    return (name.isEmpty ? nil : name, String(argument[argument.index(after: equals)...]))
  }

  /// A file's name without its ending, and without `.gz` behind that.
  private static func stem(of url: URL) -> String {
    let plain = url.pathExtension.lowercased() == "gz" ? url.deletingPathExtension() : url
    return plain.deletingPathExtension().lastPathComponent
  }

  private func check(_ url: URL) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw WorkbenchError("\(url.path): is not there. Check the path.")
    }
    guard !isFolder.boolValue else {
      throw WorkbenchError("\(url.path): is a folder, not a file. Name the file inside it.")
    }
    guard FileManager.default.isReadableFile(atPath: url.path) else {
      throw WorkbenchError(
        "\(url.path): may not be read by you. Ask for permission, or copy it.")
    }
  }
}
