import ArgumentParser
import Foundation
import Sections
import Workbench

/// What is shown beside the observed expression: the same options for every command that compares.
struct MethodOptions: ParsableArguments {
  @Option(
    name: .customLong("model"),
    help: ArgumentHelp(
      "A model's checkpoint; may be given more than once. {section} and {patient} in the path stand "
        + "for the section's names, so that one model is all folds.", valueName: "[name=]file"),
    completion: .file(extensions: ["safetensors"]))
  var models: [String] = []

  @Option(
    name: .customLong("predictions"),
    help: ArgumentHelp(
      "A table of predictions, spots by genes, TSV, CSV or safetensors, or an .h5ad with a layer of "
        + "that name, and what to call it; may be given more than once.", valueName: "name=file"),
    completion: .file())
  var tables: [String] = []

  /// Whether nothing was asked for.
  var isEmpty: Bool { models.isEmpty && tables.isEmpty }

  /// The methods in the order of the options, models first, their names made unique.
  ///
  /// - Throws: when a file is not there.
  func methods() throws -> [Method] {
    var methods: [Method] = []
    var names = UniqueNames()
    for (argument, isModel) in models.map({ ($0, true) }) + tables.map({ ($0, false) }) {
      let (given, path) = Self.parts(of: argument)
      // Behind `NAME=` the shell leaves the sign for the home folder as it is.
      let url = URL(filePath: (path as NSString).expandingTildeInPath)
      try check(url)
      let name = names.take(given ?? stemWithoutGzip(url))
      methods.append(Method(name: name, source: isModel ? .checkpoint(url) : .table(url)))
    }
    return methods
  }

  /// The methods named; where none is, those whose checkpoints lie in the data set's folder, and
  /// the layers of its `.h5ad` files.
  ///
  /// Says on standard error which of those files are left out.
  /// - Parameters:
  ///   - leavesOutStored: whether the folder is not looked into.
  ///   - run: a run that is watched beside the methods named.
  func comparison(
    in dataSet: DataSet, leavesOutStored: Bool = false, watching run: WatchedRun? = nil
  ) throws -> Comparison {
    if let run {
      let others = try methods()
      var names = UniqueNames(taken: others.map(\.name))
      let watched = Method(name: names.take(run.title), source: .run(run.folder))
      let section = run.heldOut.lazy.compactMap { name in
        dataSet.sections.first { $0.name == name }
      }.first
      return Comparison(methods: [watched] + others, section: section, watched: watched)
    }
    guard isEmpty else { return Comparison(methods: try methods()) }
    guard !leavesOutStored else { return Comparison() }
    let stored = StoredModels(of: dataSet)
    for problem in stored.problems { StandardError.print("Left out: \(problem)") }
    let models = stored.methods
    var names = UniqueNames(taken: models.map(\.name))
    let layers = AnnDataLayers.methods(in: dataSet).map {
      Method(name: names.take($0.name), source: $0.source)
    }
    return Comparison(
      methods: models + layers, section: stored.sectionHeldOut(among: dataSet.sections))
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

  private func check(_ url: URL) throws {
    // Which files these are shows with the sections.
    guard !Method.isOfFolds(path: url.path) else { return }
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

/// What is shown beside the observed expression, and where to begin.
struct Comparison {
  var methods: [Method] = []
  /// The section to open where none is named: one that the methods were not trained on.
  var section: SectionReference?
  /// The one of the methods that is a run, looked at while it is trained.
  var watched: Method?
  /// The file of a network whose tumour regions are shown.
  var tumour: URL?
}

/// Whether the data set's own models are shown: for commands that show them unasked.
struct StoredModelOptions: ParsableArguments {
  @Flag(name: .customLong("no-models"), help: "Leave out the models in the data set's folder.")
  var leavesOut = false
}
