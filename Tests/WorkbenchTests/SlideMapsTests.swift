import Foundation
import Images
import Models
import Sections
import TestSupport
import Testing

@testable import Workbench

/// What networks see of slides and of clinical columns.
@Suite struct SlideMapsTests {
  let folder: TemporaryFolder
  let workbench: Workbench

  init() throws {
    folder = try TemporaryFolder()
    workbench = PredictTests.workbench(folder)
  }

  /// An encoder of 6 features, and a HiST on top of another of 3 genes.
  private func files() throws -> (encoder: URL, model: URL) {
    var small = CLIPImageEncoder.Configuration()
    (small.imageSidePixels, small.patchSidePixels) = (16, 8)
    (small.width, small.layers, small.headWidth) = (16, 1, 8)
    (small.hidden, small.features) = (32, 6)
    let settings = EncoderSettings(CLIPImageEncoder.self, small)
    let encoder = folder.url.appending(path: "encoder.safetensors")
    try EncoderCheckpoint(untrained: settings, seed: 1).write(to: encoder, replacing: false)
    let model = folder.url.appending(path: "hist.safetensors")
    try Checkpoint(
      untrained: modelEntry(named: "hist"), genes: Panel(name: "p", genes: ["A", "B", "C"]),
      seed: 2,
      settings: [
        "encoder": settings.json, "mixers": .integer(1), "mixerSide": .integer(3),
        "widths": .array([4, 6, 6, 8, 8].map { .integer($0) }),
      ]
    ).write(to: model, replacing: false)
    return (encoder, model)
  }

  private func image(_ brightness: UInt8, width: Int = 128, height: Int = 160) throws -> ImageFile {
    let file = URL(filePath: try folder.write("", to: "slide.png"))
    try TemporaryFolder.disc(brightness: brightness, width: width, height: height)
      .writePNG(to: file)
    return try ImageFile(opening: file)
  }

  @Test func `stains are dark where the slide is, and nothing beyond it`() throws {
    let maps = try SlideMaps(CohortRequest(), with: workbench)
    #expect(maps.count == 8)
    let dark = try maps.stack(of: try image(60), named: "dark", PredictionWork()).maps
    let bright = try maps.stack(of: try image(200), named: "bright", PredictionWork()).maps
    #expect(dark.shape == [8, 80, 64])
    #expect(dark[0, 40, 32] > bright[0, 40, 32] + 0.3, "haematoxylin in the middle")
    #expect(abs(dark[0, 2, 2]) < 0.15, "glass")
    // Wider than half its height: white is added on the right.
    let narrow = try maps.stack(
      of: try image(60, width: 128, height: 320), named: "narrow", PredictionWork()
    ).maps
    #expect((32..<64).allSatisfy { column in narrow[0, 40, column] == 0 })
    #expect(narrow[0, 40, 16] > 0.3)
  }

  @Test func `tiles weigh as their haematoxylin, and glass nothing`() throws {
    let maps = try SlideMaps(CohortRequest(), with: workbench)
    let stack = try maps.stack(of: try image(60), named: "dark", clinical: [2], PredictionWork())
    #expect(stack.name == "dark" && stack.clinical == [2] && stack.weights.count == 80 * 64)
    #expect(stack.weights[40 * 64 + 32] == stack.maps[0, 40, 32])
    #expect(stack.weights[2 * 64 + 2] == 0 && stack.weights.allSatisfy { $0 >= 0 })
  }

  @Test func `genes stand before features and features before stains`() throws {
    let files = try files()
    var request = CohortRequest()
    request.maps = [.stains, .features, .genes]
    (request.encoder, request.model) = (files.encoder, files.model)
    let all = try SlideMaps(request, with: workbench)
    #expect(all.count == 3 + 6 + 8 && all.notes.count == 3)
    #expect(all.notes[0].hasPrefix("3 genes as hist.safetensors (HiST, xxh64:"))
    let image = try image(90)
    let maps = try all.stack(of: image, named: "S", PredictionWork()).maps
    #expect(maps.shape == [17, 80, 64])
    for (kind, rows) in [(CohortRequest.Maps.genes, 0..<3), (.features, 3..<9), (.stains, 9..<17)] {
      request.maps = [kind]
      let alone = try SlideMaps(request, with: workbench)
        .stack(of: image, named: "S", PredictionWork()).maps
      #expect(alone.array == maps.slice(rows, along: 0).array)
    }
    // Glass has the features of a white tile, tissue has others.
    #expect((3..<9).allSatisfy { maps[$0, 0, 0] == maps[$0, 79, 63] })
    #expect((3..<9).contains { maps[$0, 0, 0] != maps[$0, 40, 32] })
  }

  @Test func `features are kept between runs`() throws {
    let files = try files()
    var request = CohortRequest()
    (request.maps, request.encoder) = ([.features], files.encoder)
    (request.folds, request.epochs) = (2, 1)
    let cohort = try folder.writeCohort(4)
    let first = try workbench.study(cohort, request)
    let kept = try FileManager.default.contentsOfDirectory(
      atPath: folder.path("cache/eosin/features"))
    #expect(kept.count == 4)
    let second = try workbench.study(cohort, request)
    #expect(second.text == first.text)
  }

  @Test func `a slide of glass, and a model that is no HiST, are refused`() throws {
    let maps = try SlideMaps(CohortRequest(), with: workbench)
    let blank = URL(filePath: try folder.write("", to: "blank.png"))
    var glass = RGBImage(width: 128, height: 160)
    for y in 0..<160 { for x in 0..<128 { glass[x, y] = (245, 245, 245) } }
    try glass.writePNG(to: blank)
    let error = #expect(throws: ModelError.self) {
      try maps.stack(of: try ImageFile(opening: blank), named: "blank.png", PredictionWork())
    }
    #expect(error?.description.contains("Slide blank.png shows no tissue") == true)
    var request = CohortRequest()
    request.maps = [.genes]
    request.model = SharedFiles.sampleData.appending(path: "models/ridge.safetensors")
    let refusal = #expect(throws: WorkbenchError.self) { try SlideMaps(request, with: workbench) }
    #expect(refusal?.description.contains("maps of genes come from HiST") == true)
  }

  @Test func `clinical columns become numbers of mean 0, words a column each`() throws {
    let table = try folder.write(
      "slide\ttime\tevent\tage\tsex\tsite\tstage\n" + "a\t1\t1\t40\tf\tx\tI\n"
        + "b\t2\t1\t60\tm\tx\tII\n" + "c\t3\t0\tNA\tf\tx\tIII\n" + "d\t4\t0\t50\tm\tx\tI\n",
      to: "t.tsv")
    let cohort = try Cohort(reading: URL(filePath: table))
    let values = try ClinicalValues(of: cohort.slides, in: cohort)
    #expect(values.names == ["age", "sex m", "stage I", "stage II", "stage III"])
    #expect(values.filled == 1)
    #expect(values.rows.map { $0[1] } == [-1, 1, -1, 1])
    #expect(values.rows[2][0] == 0, "not known is the mean")
    #expect(values.rows[1][0] == -values.rows[0][0] && values.rows[3][0] == 0)
    #expect(values.rows[0][2] == 1 && values.rows[1][2] == -1)
  }
}
