import Drawing
import Foundation
import Images
import Sections
import Testing
import Workbench

@testable import Viewer

@Suite struct ExportTests {
  @Test func `each line of the menu asks for a file of its own`() {
    for (number, file) in [
      (1, "S1_clusters.csv"), (2, "S1_loupe.csv"), (3, "S1.h5ad"), (4, "S1.geojson"),
      (5, "S1_ERBB2.png 1920x1080"),
    ] {
      var state = viewer()
      state.type("e")
      #expect(state.screen.contains("Section for scanpy and squidpy"))
      state.type("\(number)")
      #expect(state.screen.contains("\(file)▏"), "\(number)")
    }
  }

  @Test func `what cannot be written says why`() {
    var state = viewer()
    state.clusterSets = [:]
    state.type("e")
    #expect(state.screen.contains("clusters are still being computed"))
    state.type("1")
    #expect(state.overlay == nil)
    #expect(state.screen.contains("Clusters as a table: clusters are still being computed"))
  }

  @Test func `methods that have not predicted are named in the menu`() {
    var state = viewer(methods: smallMethods)
    for index in state.methods.indices { state.methods[index][.spots] = .predicting(nil) }
    state.type("e")
    #expect(state.screen.contains("without Alpha, Beta"))
  }

  @Test func `a section is written with predictions, and clusters as they are named and coloured`()
    throws
  {
    var state = viewer(methods: smallMethods)
    state.press(.right, .shift)
    state.type("N")
    for _ in 0..<3 { state.press(.backspace) }
    state.type("tumour")
    state.press(.enter)
    state.type("e3")
    guard case .export(let request)? = state.press(.enter).first,
      case .section(let format, let predictions, let clusters, let labelsFirst, _, _) =
        request.content
    else {
      Issue.record("Enter exports nothing")
      return
    }
    #expect(format == .h5ad && request.path == "S1.h5ad" && !labelsFirst)
    #expect(predictions.map(\.method) == ["Alpha", "Beta"])
    let first = try #require(clusters.first)
    #expect(first.annotation.name == "clusters")
    #expect(first.annotation.categories.contains("tumour"))
    let view = try #require(state.clusters)
    #expect(first.colors == view.groups.map { state.palette.color(of: $0.color).value })
    #expect(first.origin?.hasPrefix("k-means, k = 2") == true)
  }

  @Test func `a picture is of the size that was typed`() throws {
    var state = viewer()
    state.type("e5")
    for _ in 0..<"1920x1080".count { state.press(.backspace) }
    state.type("400x300")
    guard case .export(let request)? = state.press(.enter).first,
      case .picture(let view, let width, let height) = request.content
    else {
      Issue.record("Enter exports nothing")
      return
    }
    #expect(request.path == "S1_ERBB2.png" && width == 400 && height == 300)
    // The view is that of the moment: going on changes nothing.
    state.type("j")
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "a.png")
    try view.picture(width: width, height: height, asShapes: false)?
      .write(to: file, replacing: false)
    let image = try ImageFile(opening: file)
    #expect(image.width == 400 && image.height == 300)
    #expect(view.picture(width: 64, height: 64, asShapes: false) == nil)
  }

  @Test func `sizes out of range are complained of, and the answer stays`() {
    var state = viewer()
    state.type("e5")
    for _ in 0..<"1920x1080".count { state.press(.backspace) }
    state.type("9x9")
    #expect(state.press(.enter).isEmpty)
    #expect(state.screen.contains("S1_ERBB2.png 9x9▏"))
    #expect(state.screen.contains("sides from"))
  }

  @Test(arguments: [
    ("a.png", "a.png", 1920, 1080), ("a b.png 70x80", "a b.png", 70, 80),
    ("axb", "axb", 1920, 1080),
    ("my 1xy", "my 1xy", 0, 0),
  ])
  func `a file and a size are told apart`(text: String, file: String, width: Int, height: Int) {
    let found = ViewerState.pictureFile(text)
    #expect(width == 0 ? found == nil : found! == (file, width, height))
  }

  @Test func `panels fill a picture of any size without leaving it`() {
    let state = viewer(methods: smallMethods)
    for (width, height) in [(1600, 900), (300, 2000), (2000, 260), (640, 640)] {
      let pixels = state.picture(width: width, height: height)
      #expect(pixels.map { $0.width == width && $0.height == height } ?? true)
      let shapes = state.vectorPicture(width: Double(width), height: Double(height))
      #expect(shapes.map { $0.width == Double(width) && $0.height == Double(height) } ?? true)
    }
    #expect(state.picture(width: 1600, height: 900) != nil)
    #expect(state.vectorPicture(width: 1600, height: 900) != nil)
    #expect(state.vectorPicture(width: 64, height: 64) == nil)
  }

  @Test func `a row of panels is below the legends of the row above`() throws {
    let sheet = try #require(
      PanelSheet(columns: 2, panelWidth: 200, filling: 700, greatest: .max, legendRows: [3, 1]))
    #expect(sheet.height <= 700)
    #expect(sheet.body(2).y == sheet.body(0).maxY + sheet.legendHeights[0] + PanelSheet.titleHeight)
    #expect(sheet.body(1).x == sheet.body(0).maxX + PanelSheet.margin)
    #expect(
      PanelSheet(columns: 2, panelWidth: 200, filling: 100, greatest: .max, legendRows: [3, 1])
        == nil)
  }
}
