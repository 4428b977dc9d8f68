import Drawing
import Foundation
import Images
import Sections
import TestSupport
import Testing
import Workbench

@testable import Viewer

/// The H&E panel from the whole image down to its pixels.
@Suite struct DeepZoomTests {
  /// Every pixel tells where it is.
  private static let image = RGBImage(
    width: 1_700, height: 1_500,
    pixels: (0..<1_700 * 1_500).flatMap { place in
      let (x, y) = (place % 1_700, place / 1_700)
      return [UInt8(x % 251), UInt8(y % 251), UInt8(x / 251 * 16 + y / 251)]
    })

  private static func section(_ image: RGBImage = image) -> LoadedSection {
    var section = smallSection().section
    section.image = ImageFile(named: URL(filePath: "/nowhere/S1.png"), holding: image)
    section.spotDiameter = 55
    return LoadedSection(section: section, panel: nil, normalization: .raw)
  }

  /// The spots in a row along an image of 40 rows, whose pixels tell their column.
  private static func row(width: Int) -> LoadedSection {
    var section = smallSection().section
    for index in 0..<30 {
      section.spots[index].x = Double(width * (2 * index + 1) / 60)
      section.spots[index].y = 20
    }
    let line = (0..<width).flatMap { [UInt8($0 % 251), UInt8($0 / 251 % 251), UInt8(7)] }
    section.image = ImageFile(
      named: URL(filePath: "/nowhere/S1.png"),
      holding: RGBImage(
        width: width, height: 40, pixels: (0..<40).flatMap { _ in line }))
    return LoadedSection(section: section, panel: nil, normalization: .raw)
  }

  /// A viewer with the H&E panel alone, its image read.
  private func viewer(
    _ section: LoadedSection = section(), columns: Int = 100, rows: Int = 30
  ) -> ViewerState {
    let reference = SectionReference(
      name: "S1", patient: "S", counts: .init(filePath: "/nowhere"), spots: nil)
    var state = ViewerState(
      dataSet: "small", sections: [reference], columns: columns, rows: rows)
    state.show([.image], ramp: nil, clusters: nil, underlay: false)
    answer(&state, state.update(.sectionLoaded(0, section)), section)
    return state
  }

  /// Answers effects; gives the details that were asked for.
  @discardableResult
  private func answer(
    _ state: inout ViewerState, _ effects: [ViewerEffect], _ section: LoadedSection = section()
  ) -> [DetailRequest] {
    let workbench = Workbench()
    var asked: [DetailRequest] = []
    var waiting = settle(&state, effects, section)
    while !waiting.isEmpty {
      switch waiting.removeFirst() {
      case .readImage(let index):
        // A held picture can always be read.
        let picture = try! workbench.picture(of: section.section.image!)
        waiting += settle(&state, state.update(.imageRead(index, picture)), section)
      case .readDetail(let index, let area, let reduction):
        asked.append(DetailRequest(area: area, reduction: reduction))
        let detail = try! workbench.detail(
          of: section.section.image!, area, reducedBy: reduction)
        waiting += settle(&state, state.update(.detailRead(index, detail)), section)
      default: break
      }
    }
    return asked
  }

  private func type(_ keys: String, _ state: inout ViewerState) -> [ViewerEffect] {
    keys.flatMap { state.update(.input(.key(.character($0)))) }
  }

  /// The points of the panel, row by row, with the place of each on the image.
  private func points(
    _ state: ViewerState
  ) throws -> [(ink: Ink, x: Double, y: Double, isMark: Bool)] {
    let canvas = state.frame().canvas
    let body = try #require(state.focusedBody)
    let loaded = try #require(state.loaded)
    let view = state.viewport(columns: body.columns, rows: body.rows, layout: loaded.layout)
    return (0..<2 * body.rows).flatMap { row in
      (0..<body.columns).map { column in
        let cell = canvas[body.column + column, body.row + row / 2]
        let position = view.imagePosition(
          pointX: Double(column), pointY: Double(row), width: body.columns, height: 2 * body.rows)
        let isUpper = cell.glyph == "▀" && row.isMultiple(of: 2)
        return (
          isUpper ? cell.ink : cell.ground, position.x, position.y,
          cell.glyph != "▀" && cell.glyph != " "
        )
      }
    }
  }

  @Test func `close by, every point is the image's own pixel or the outline of a spot`() throws {
    var state = viewer()
    answer(&state, state.update(.input(.key(.right))))
    for _ in 0..<40 { answer(&state, type("+", &state)) }
    #expect(state.viewport?.scale == 1.0 / 16)
    var outlined = 0
    while let scale = state.viewport?.scale, scale <= 1 {
      for point in try points(state) where !point.isMark {
        guard let color = point.ink.color, color != Color(0x00A08A) else {
          outlined += 1
          continue
        }
        let pixel = Self.image[Int(point.x.rounded(.down)), Int(point.y.rounded(.down))]
        #expect(color == Color(red: pixel.red, green: pixel.green, blue: pixel.blue))
      }
      // Out again, as far as a point is no more than a pixel.
      answer(&state, type("-", &state))
      answer(&state, type("L", &state))
    }
    #expect(outlined > 0)
  }

  @Test func `a panel at deep zoom is as it was looked at`() throws {
    for (columns, rows) in [(120, 40), (80, 24)] {
      var state = viewer(columns: columns, rows: rows)
      answer(&state, state.update(.input(.key(.right))))
      for _ in 0..<4 { answer(&state, type("+", &state)) }
      let body = try #require(state.focusedBody)
      let letters = try points(state).map { point in
        point.isMark
          ? "◆"
          : point.ink == .role(.cursor)
            ? "#"
            : point.ink.color == nil
              ? " "
              : point.ink.color == Color(0x00A08A) ? "o" : "·"
      }
      let lines = (0..<2 * body.rows).map { row in
        letters[row * body.columns..<(row + 1) * body.columns].joined()
      }
      try expectSnapshot(lines, named: "deep-zoom-\(columns)x\(rows)")
    }
  }

  @Test func `small steps at deep zoom need no new picture, and going back few`() {
    let section = Self.row(width: 12_000)
    var state = viewer(section)
    answer(&state, state.update(.input(.key(.right))), section)
    while (state.viewport?.scale ?? .infinity) > 1 { answer(&state, type("+", &state), section) }
    #expect(answer(&state, type("HL", &state), section).isEmpty)
    var asked = 0
    for _ in 0..<100 { asked += answer(&state, type("L", &state), section).count }
    #expect((3...12).contains(asked), "\(asked)")
    var again = 0
    for _ in 0..<30 { again += answer(&state, type("H", &state), section).count }
    #expect(again == 0, "\(again)")
  }

  @Test func `a place whose picture is not there yet shows coarser`() throws {
    let section = Self.row(width: 12_000)
    var state = viewer(section)
    while (state.viewport?.scale ?? .infinity) > 1 { answer(&state, type("+", &state), section) }
    var waiting: [ViewerEffect] = []
    for _ in 0..<100 { waiting += type("L", &state) }
    let details = waiting.filter { if case .readDetail = $0 { true } else { false } }
    #expect(details.count == 1)
    let points = try points(state).filter { 0..<40 ~= $0.y && 0..<12_000 ~= $0.x }
    #expect(!points.isEmpty)
    // The whole picture's pixels are 8 wide; a column that begins anew is left out.
    for point in points where !point.isMark && 8..<240 ~= Int(point.x) % 251 {
      let shade = try #require(point.ink.color).red
      #expect(abs(Int(shade) - Int(point.x) % 251) <= 8)
    }
    answer(&state, details, section)
    #expect(state.details.first?.finestScale == 1)
  }

  @Test func `a part that cannot be read is said once and leaves the picture`() throws {
    var state = viewer()
    var effects: [ViewerEffect] = []
    while effects.isEmpty {
      effects = type("+", &state).filter { $0 != .remember(state.savedView) }
    }
    let failed = state.update(.detailFailed(0, "slide.svs: cannot be decoded."))
    #expect(!failed.contains { if case .readDetail = $0 { true } else { false } })
    #expect(state.screen.contains("slide.svs: cannot be decoded."))
    #expect(try points(state).contains { $0.ink.color != nil })
    // Elsewhere it is tried again.
    let elsewhere = type("LL", &state)
    #expect(elsewhere.contains { if case .readDetail = $0 { true } else { false } })
  }

  @Test func `a view of a slide takes the reduction that its points show`() {
    let slide = Self.row(width: 60_000)
    var state = viewer(slide)
    var asked: [DetailRequest] = []
    for _ in 0..<12 { asked += answer(&state, type("-", &state), slide) }
    for _ in 0..<60 { asked += answer(&state, type("+", &state), slide) }
    let reductions = Set(asked.map(\.reduction))
    #expect(reductions.isSuperset(of: [1, 2, 4, 8, 16]))
    #expect(asked.allSatisfy { $0.area.maxX <= 60_000 && $0.area.maxY <= 40 })
    // No more pixels than some screens full, however large the slide.
    #expect(asked.allSatisfy { $0.area.reduced(by: $0.reduction).width <= 1_000 })
  }
}
