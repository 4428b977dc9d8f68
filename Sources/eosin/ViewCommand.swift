import ArgumentParser
import Curses
import Drawing
import Foundation
import Sections
import Viewer
import Workbench

/// The viewer; with output redirected, one static frame.
struct ViewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "view",
    abstract: "Open a section in the viewer.",
    discussion: """
      Without --model and --predictions the models in the data set's folder (models/*.safetensors) \
      are shown, on a section that they were not trained on. With --watch the newest epoch of a \
      training run is shown as it is saved, on the run's own data set and the first section it \
      holds out unless others are named. With standard output redirected, prints one frame of the \
      viewer as text.
      """)

  @OptionGroup var source: SectionOptions
  @OptionGroup var methods: MethodOptions
  @OptionGroup var storedModels: StoredModelOptions
  @OptionGroup var tumour: TumourOptions
  @Option(
    name: .customLong("watch"),
    help: ArgumentHelp(
      "The folder of a training run to watch; one run at a time.", valueName: "run"),
    completion: .directory)
  var runs: [String] = []
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var display: DisplayOptions
  @Option(help: "The gene to show first.") var gene: String?
  @Flag(help: "Show predictions between the spots too, where a model can.")
  var superResolution = false
  @OptionGroup var copyNumber: CopyNumberViewOptions
  @Flag(help: "Begin afresh instead of where this data set was left.") var fresh = false

  func validate() throws {
    if runs.count > 1 { throw ValidationError("--watch takes one run at a time.") }
  }

  /// The data set that was named or, without a name, that of the run watched.
  private func dataSet(of run: WatchedRun?) throws -> DataSet {
    guard let run, source.folder == nil, source.counts == nil else { return try source.dataSet() }
    return try run.dataSet()
  }

  func run() throws {
    compute.apply()
    let run = try runs.first.map {
      try WatchedRun(opening: URL(filePath: ($0 as NSString).expandingTildeInPath))
    }
    if isatty(STDOUT_FILENO) == 0 {
      let dataSet = try dataSet(of: run)
      var comparison = try methods.comparison(
        in: dataSet, leavesOutStored: storedModels.leavesOut, watching: run)
      try tumour.add(to: &comparison, of: dataSet)
      let state = try staticState(
        of: dataSet, size: display.size, source: source, display: display, gene: gene,
        comparison: comparison
      ) { state in
        if superResolution { state.useDenseSpots() }
        copyNumber.apply(to: &state, in: dataSet)
      }
      print(state.frame().canvas.text(depth: display.textColor, theme: state.currentTheme))
      return
    }
    Trace.mark("arguments parsed")
    // Signals are read by the terminal: blocked here, before any thread is started.
    Terminal.blockSignals()
    let dataSet = try dataSet(of: run)
    var comparison = try methods.comparison(
      in: dataSet, leavesOutStored: storedModels.leavesOut, watching: run)
    try tumour.add(to: &comparison, of: dataSet)
    Trace.mark("models found")
    let panel = try source.readPanel()
    let section =
      try source.section.map { _ in try source.reference(in: dataSet) }
      // What a run holds out is looked at, wherever the data set was left.
      ?? (run == nil ? nil : comparison.section)
    let folders = UserFolders()
    let store = ViewStore(folders)
    let (themes, warnings) = folders.themes()
    for warning in warnings { StandardError.print(warning) }
    let saved = fresh ? nil : store.view(of: dataSet.folder, as: SavedView.self)
    var state = ViewerState(
      dataSet: dataSet.name, sections: dataSet.sections,
      section: section.flatMap(dataSet.sections.firstIndex(of:)),
      heldOut: comparison.section.flatMap(dataSet.sections.firstIndex(of:)), gene: gene,
      methods: comparison.methods, tumour: comparison.tumour, themes: themes,
      theme: try display.theme(among: themes),
      saved: saved, columns: 80, rows: 24)
    if let normalization = source.normalization { state.use(normalization) }
    if superResolution { state.useDenseSpots() }
    copyNumber.apply(to: &state, in: dataSet)
    let session = ViewerSession(
      dataSet: dataSet, panel: panel, store: store, watching: comparison.watched)
    try session.run(state, depth: display.color, keepsTheme: display.themeName != nil)
  }
}

/// How a frame looks: shared by the viewer and by pictures.
struct DisplayOptions: ParsableArguments {
  @Option(name: .customLong("color"), help: "Colours: 24bit, 256, 16, 8, mono or auto.")
  var colorName = "auto"

  @Option(name: .customLong("theme"), help: "A theme by name; your own lie in eosin/themes.")
  var themeName: String?

  @Option(name: .customLong("size"), help: "The size of a static frame, such as 120x40.")
  var frameSize: String?

  mutating func validate() throws {
    if colorName != "auto", color == nil {
      throw ValidationError("--color takes 24bit, 256, 16, 8, mono or auto, not '\(colorName)'.")
    }
    if let frameSize, parsed(frameSize) == nil {
      throw ValidationError("--size takes columns and rows such as 120x40, not '\(frameSize)'.")
    }
  }

  /// The columns or rows a static frame may have.
  private static let lengths = 1...1000

  /// The depth that was asked for, or nil for what the terminal promises.
  var color: ColorDepth? { ColorDepth(rawValue: colorName) }

  /// The depth of text on standard output: as asked; otherwise what the environment promises where
  /// it is a terminal, and plain text where it is not.
  var textColor: ColorDepth {
    if let color { return color }
    guard isatty(STDOUT_FILENO) == 1 else { return .mono }
    return .detect(environment: ProcessInfo.processInfo.environment, terminfoColors: 256)
  }

  /// The size of a frame without a terminal: as asked, as the environment says, or 100 x 30.
  var size: (columns: Int, rows: Int) {
    if let asked = frameSize.flatMap(parsed) { return asked }
    let environment = ProcessInfo.processInfo.environment
    func length(_ variable: String) -> Int? {
      environment[variable].flatMap(Int.init).flatMap { Self.lengths.contains($0) ? $0 : nil }
    }
    return (length("COLUMNS") ?? 100, length("LINES") ?? 30)
  }

  private func parsed(_ text: String) -> (columns: Int, rows: Int)? {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let columns = parts[0], let rows = parts[1],
      Self.lengths.contains(columns), Self.lengths.contains(rows)
    else { return nil }
    return (columns, rows)
  }

  /// The theme that was asked for, or nil.
  func theme(among themes: [Theme]) throws -> Theme? {
    guard let themeName else { return nil }
    guard let theme = themes.first(where: { $0.name == themeName }) else {
      let names = themes.map(\.name).joined(separator: ", ")
      throw ValidationError("There is no theme '\(themeName)'. Choose one of \(names).")
    }
    return theme
  }
}
