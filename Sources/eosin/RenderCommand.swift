import ArgumentParser
import Curses
import Drawing
import Foundation
import Images
import Viewer
import Workbench

/// Panels of a section as a picture, or as text on the terminal.
struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Draw panels of a section to a PNG or SVG file, or to the terminal as text.",
    discussion: """
      Without --output the panels are printed as text, in colours on a terminal. Panels of methods \
      that are not named show the models in the data set's folder. With --figure the methods are \
      scored and a figure of the report of 'eosin evaluate' is drawn. With --sheet many genes are \
      drawn small, on several pages where one gets too large.
      """)

  @OptionGroup var source: SectionOptions
  @OptionGroup var methods: MethodOptions
  @OptionGroup var tumour: TumourOptions
  @OptionGroup var display: DisplayOptions
  @Option(help: "The gene to show; the most variable one by default.") var gene: String?
  @Option(
    name: .customLong("show"), parsing: .upToNextOption,
    help: ArgumentHelp("Panels, in order: \(panelNames).", valueName: "panel"),
    transform: { name in
      guard let kind = PanelKind(rawValue: name) else {
        throw ValidationError("There is no panel '\(name)'. Choose from \(panelNames).")
      }
      return kind
    })
  var kinds: [PanelKind] = [.observed]
  @Option(help: "The spot to mark, by its name; 'drivers' tells what drove the prediction there.")
  var spot: String?
  @Option(help: "How many patches 'drivers' makes white, the nearest first.")
  var patches = DriversRequest.usualMost
  @Option(name: [.customShort("k"), .long], help: "How many clusters.") var clusters: Int?
  @Option(help: "A colour ramp: \(ColorRamp.all.map(\.name).joined(separator: ", ")).")
  var ramp: String?
  @Flag(help: "Show the tissue behind the spots.") var underlay = false
  @Flag(help: "Show predictions between the spots too, where a model can.")
  var superResolution = false
  @OptionGroup var figures: FigureOptions
  @OptionGroup var sheets: SheetOptions
  @Option(
    help: """
      Width of each panel in pixels or points, and its height in a PNG; 640, or 180 in a sheet.
      """)
  var side: Int?
  @Option(
    help: ArgumentHelp(
      "Width and height of the whole picture in pixels or points, such as 1920x1080, in place of "
        + "--side.", valueName: "size"))
  var pixels: String?
  @Option(
    name: .shortAndLong, help: "The file to write: SVG where its name ends in .svg, else PNG.",
    completion: .file(extensions: ["png", "svg"]))
  var output: String?
  @Flag(help: "Replace the output file when it is there already.") var force = false

  func validate() throws {
    if let side, !(64...8192).contains(side) {
      throw ValidationError("--side takes a number of pixels from 64 to 8192.")
    }
    if let pixels {
      guard pictureSize(pixels) != nil else {
        throw ValidationError(
          "--pixels takes a width and a height from 64 to 16384, such as 1920x1080, not "
            + "'\(pixels)'.")
      }
      if side != nil { throw ValidationError("Give either --side or --pixels, not both.") }
      if figures.figure != nil || sheets.sheet != nil {
        throw ValidationError("--pixels goes with panels; a sheet takes --side and --columns.")
      }
    }
    if sheets.sheet != nil, figures.figure != nil {
      throw ValidationError("Give either --sheet or --figure, not both.")
    }
    if sheets.sheet != nil, gene != nil {
      throw ValidationError("--gene is for panels; --sheet names the genes itself.")
    }
    if let ramp, !ColorRamp.all.contains(where: { $0.name == ramp }) {
      throw ValidationError(
        "There is no ramp '\(ramp)'. Choose one of "
          + "\(ColorRamp.all.map(\.name).joined(separator: ", ")).")
    }
    if patches < 1 { throw ValidationError("--patches takes a number from 1 on.") }
    if kinds.contains(.drivers), spot == nil {
      throw ValidationError("--show drivers needs a spot: --spot 24x13.")
    }
    if let clusters, !(2...26).contains(clusters) {
      throw ValidationError("--clusters takes a number from 2 to 26.")
    }
  }

  func run() throws {
    if let figure = figures.figure { return try draw(figure) }
    if let genes = sheets.sheet { return try drawSheet(of: genes) }
    let dataSet = try source.dataSet()
    // The data set's own models where a panel asks for a method and none is named.
    var comparison = try methods.comparison(
      in: dataSet, leavesOutStored: !kinds.contains { $0.isOfMethods || $0.method != nil })
    try tumour.add(to: &comparison, of: dataSet)
    let state = try staticState(
      of: dataSet, size: display.size, source: source, display: display, gene: gene,
      comparison: comparison
    ) { state in
      state.show(
        kinds, ramp: ColorRamp.all.first { $0.name == ramp }, clusters: clusters,
        underlay: underlay)
      if superResolution { state.useDenseSpots() }
      if let spot { try state.choose(spot: spot) }
      state.use(driverPatches: patches)
    }
    if let problem = state.panelProblem { throw WorkbenchError(problem) }
    guard let output else {
      print(state.panelsCanvas().text(depth: display.textColor, theme: state.currentTheme))
      return
    }
    let file = URL(filePath: output)
    guard let export = picture(of: state, asShapes: PictureExport.isVector(file)) else {
      throw WorkbenchError(
        pixels.map { "There is no room for the panels in \($0). Ask for a larger picture." }
          ?? "There is nothing to draw.")
    }
    try write(export, to: file, output)
  }

  private func picture(of state: ViewerState, asShapes: Bool) -> PictureExport? {
    let shapes: VectorPicture?
    if let size = pixels.flatMap(pictureSize) {
      guard asShapes else {
        return state.picture(width: size.width, height: size.height).map { PictureExport($0) }
      }
      shapes = state.vectorPicture(width: Double(size.width), height: Double(size.height))
    } else {
      guard asShapes else {
        return state.picture(panelSide: side ?? 640).map { PictureExport($0) }
      }
      shapes = state.vectorPicture(panelSide: side ?? 640)
    }
    return shapes.map { PictureExport($0, theme: state.currentTheme) }
  }

  private func drawSheet(of genes: String) throws {
    guard let output else {
      throw WorkbenchError("A sheet has no form in text. Name a file: --output genes.svg or .png.")
    }
    let (themes, _) = UserFolders().themes()
    let theme = try display.theme(among: themes) ?? .paper
    let pages = try sheets.pages(
      genes, showing: kinds, source: source, methods: methods,
      ramp: ColorRamp.all.first { $0.name == ramp }, mapWidth: Double(side ?? 180))
    let files = SheetOptions.files(output, pages: pages.count)
    for file in files { try checkOutput(file, replacing: force) }
    for (page, file) in zip(pages, files) {
      try write(PictureExport(page, theme: theme), to: URL(filePath: file), file)
    }
  }

  private func draw(_ figure: ReportFigure) throws {
    guard let output else {
      throw WorkbenchError(
        "A figure has no form in text. Name a file: --output \(figure.rawValue).svg or .png.")
    }
    try checkOutput(output, replacing: force)
    let (themes, _) = UserFolders().themes()
    let picture = try figures.picture(figure, source: source, methods: methods, width: 920)
    let theme = try display.theme(among: themes) ?? .paper
    try write(PictureExport(picture, theme: theme), to: URL(filePath: output), output)
  }

  private func write(_ export: PictureExport, to file: URL, _ name: String) throws {
    let size = try export.write(to: file, replacing: force)
    let unit = PictureExport.isVector(file) ? "pt" : "px"
    StandardError.print("Wrote \(name), \(size.width) × \(size.height) \(unit)")
  }
}

/// The sides of `1920x1080`, each within what a picture may have.
private func pictureSize(_ text: String) -> (width: Int, height: Int)? {
  let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
  guard sides.count == 2, let width = sides[0], let height = sides[1],
    (64...16_384).contains(width), (64...16_384).contains(height)
  else { return nil }
  return (width, height)
}

private let panelNames =
  (PanelKind.unnamed.map(\.rawValue) + ["method:NAME", "clusters:NAME"]).joined(separator: ", ")
