import Drawing
import Foundation
import Images
import Sections
import Testing
import Workbench

@testable import Viewer

/// What is special about some sections: spots that lie otherwise, images alone, one gene first.
@Suite struct OpeningTests {
  /// The small section on an image on which its spots lie at half size.
  private func sectionOnImage() -> LoadedSection {
    var section = smallSection().section
    section.image = ImageFile(
      named: URL(filePath: "/nowhere/S1.png"), holding: RGBImage(width: 600, height: 600))
    section.imageScales = [ImageScale(name: "hires", factor: 0.5)]
    return LoadedSection(section: section, panel: nil, normalization: .raw)
      .relaid(as: ImagePlacement(scale: 0.5, scaleName: "hires"))
  }

  private func viewer(_ section: LoadedSection, saved: SavedView? = nil) -> ViewerState {
    let reference = SectionReference(
      name: "S1", patient: "S", counts: .init(filePath: "/nowhere"), spots: nil)
    var state = ViewerState(
      dataSet: "small", sections: [reference], saved: saved, columns: 100, rows: 30)
    settle(&state, state.update(.sectionLoaded(0, section)), section)
    return state
  }

  /// Does what a key asks for, as a session would.
  private func lay(_ key: String, _ state: inout ViewerState, _ section: LoadedSection) {
    for case .lay(_, let placement) in state.type(key) {
      settle(&state, state.update(.sectionLaid(0, section.relaid(as: placement))), section)
    }
  }

  // MARK: Spots on the image

  @Test func `keys turn, mirror and rescale the spots, and it is kept`() throws {
    let section = sectionOnImage()
    var state = viewer(section)
    lay("Z", &state, section)
    #expect(state.loaded?.section.placement.orientation == .quarterTurn)
    #expect(
      state.message?.text
        == "Spots at scale 0.50 (hires), --swap-axes --flip-x · 30 of 30 spots on the image")
    lay("X", &state, section)
    #expect(state.loaded?.section.placement.orientation == SpotOrientation(swapsAxes: true))
    // x and y have changed places; the file's first spot is at 500, 700.
    #expect(state.loaded?.section.spots[0].x == 350 && state.loaded?.section.spots[0].y == 250)
    lay("V", &state, section)
    #expect(state.loaded?.section.placement.scaleName == "full")
    let kept = state.savedView.placements?["S1"]
    #expect(kept == state.loaded?.section.placement)

    // Opened again, the section is laid as it was left.
    var again = ViewerState(
      dataSet: "small", sections: state.references, saved: state.savedView, columns: 100, rows: 30)
    let effects = again.update(.sectionLoaded(0, section))
    #expect(effects.contains(.lay(section: 0, try #require(kept))))
  }

  @Test func `without an image the keys say why they do nothing`() {
    var state = onSmallSection()
    state.type("Z")
    #expect(state.message?.text == "turn spots: section S1 has no image")
  }

  @Test func `doubt about the placement is said with the keys that help`() throws {
    // Dark where the spots are when their axes change places.
    var pixels = RGBImage(width: 600, height: 600)
    for y in 250..<510 { for x in 350..<560 { pixels[x, y] = (90, 30, 90) } }
    var section = sectionOnImage().section
    section.image = ImageFile(named: URL(filePath: "/nowhere/S1.png"), holding: pixels)
    let loaded = LoadedSection(section: section, panel: nil, normalization: .raw)
    let picture = try Workbench().picture(of: try #require(section.image))
    let doubt = try #require(PlacementDoubt(about: loaded, on: picture))
    #expect(doubt.better == SpotOrientation(swapsAxes: true))
    var state = viewer(loaded)
    _ = state.update(.placementDoubted(0, doubt))
    let text = try #require(state.message?.text)
    #expect(text.hasPrefix("Spots would lie on darker tissue with --swap-axes ("))
    #expect(text.hasSuffix("Z turns the spots, X mirrors them."))
    let turned = loaded.relaid(
      as: ImagePlacement(scale: 0.5, orientation: SpotOrientation(swapsAxes: true)))
    #expect(PlacementDoubt(about: turned, on: picture) == nil)
  }

  // MARK: An image alone

  private func imageAlone() -> LoadedSection {
    let section = Section(
      name: "S1", patient: "S1", platform: "image", spots: [], genes: [],
      counts: SparseMatrix(spotCount: 0, starts: [0], spots: [], values: []),
      image: ImageFile(
        named: URL(filePath: "/nowhere/S1.png"),
        holding: RGBImage(width: 300, height: 200, filledWith: (200, 100, 150))))
    return LoadedSection(section: section, panel: nil, normalization: .raw)
  }

  @Test func `an image alone has the whole screen and no words of genes`() throws {
    let section = imageAlone()
    var state = viewer(section)
    let picture = try Workbench().picture(of: try #require(section.section.image))
    _ = state.update(.imageRead(0, picture))
    #expect(state.panels == [.image])
    #expect(state.lines[1].hasPrefix(" H&E · 300 × 200 px"))
    #expect(!state.screen.contains("gene") && !state.screen.contains("log10"))
    #expect(state.lines[29].hasPrefix(" +/- zoom  HJKL arrows move"))
    state.type("2")
    #expect(state.message?.text == "observed: this is an image without spots")
  }

  @Test func `arrows move the view of an image alone`() {
    var state = viewer(imageAlone())
    state.type("++")
    let before = state.viewport
    state.press(.right)
    #expect((state.viewport?.centerX ?? 0) > (before?.centerX ?? 0))
    state.press(.down)
    #expect((state.viewport?.centerY ?? 0) > (before?.centerY ?? 0))
  }

  // MARK: One gene before the rest

  @Test func `one gene is shown before the rest, and says that the rest is coming`() {
    let whole = smallSection()
    var section = whole.section
    let one = section.counts.block(ofGenes: 0..<1)
    section.counts = SparseMatrix(
      spotCount: 30, starts: [0] + Array(repeating: one.spots.count, count: 4), spots: one.spots,
      values: one.values)
    section.onlyGene = 0
    let reference = SectionReference(
      name: "S1", patient: "S", counts: .init(filePath: "/nowhere"), spots: nil)
    var state = ViewerState(dataSet: "small", sections: [reference], columns: 100, rows: 30)
    let preview = LoadedSection(section: section, panel: nil, normalization: .raw)
    #expect(state.update(.sectionPreviewed(0, preview)).isEmpty)
    #expect(state.screen.contains("Observed · GNAS"))
    #expect(state.screen.contains("Reading the counts of all genes …"))
    #expect(state.type("j").isEmpty)
    #expect(state.message?.text == "next: the counts of all genes are still being read")
    settle(&state, state.update(.sectionLoaded(0, whole)), whole)
    state.type("j")
    #expect(!state.isPreview && state.message == nil)
    #expect(state.update(.sectionPreviewed(0, preview)).isEmpty)
    #expect(!state.isPreview)
  }

  @Test func `values that are no counts are shown as they are until told otherwise`() {
    var section = smallSection().section
    section.holdsCounts = false
    let values = LoadedSection(section: section, panel: nil, normalization: .raw)
    var state = viewer(values, saved: SavedView())
    #expect(state.normalization == .raw && state.savedView.normalization == "released")
    settle(&state, state.update(.sectionLoaded(0, smallSection())))
    #expect(state.normalization == .released)
    settle(&state, state.update(.sectionLoaded(0, values)), values)
    state.type("n")
    #expect(state.normalization == .released)
  }
}

private func onSmallSection() -> ViewerState { viewer() }
