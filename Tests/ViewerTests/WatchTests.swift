import Drawing
import Foundation
import Sections
import TestSupport
import Testing
import Workbench

@testable import Viewer

/// A training run on the screen: each epoch takes the place of the one before.
@Suite struct WatchTests {
  let run = Method(name: "THItoGene", source: .run(URL(filePath: "/nowhere/RUN")))
  /// What five checkpoints look like from outside.
  let files: [FileState]
  private let folder: TemporaryFolder

  init() throws {
    let folder = try TemporaryFolder()
    self.folder = folder
    files = try (0..<5).map { number in
      try #require(FileState(URL(filePath: try folder.write("\(number)", to: "\(number)"))))
    }
  }

  /// What a run says of GNAS after some epochs: the truth, and noise that grows less.
  private func epoch(
    _ number: Int, of section: LoadedSection = smallSection(), file: FileState
  ) -> EpochPrediction {
    let values = section.section.counts.values(ofGene: 0).enumerated().map { spot, value in
      value + (spot.isMultiple(of: 3) ? 8 / Float(number) : 0)
    }
    let prediction = Prediction(
      method: run.name, genes: ["GNAS"], spotCount: 30, values: values, normalization: .raw)
    return EpochPrediction(
      prediction: prediction,
      scores: Workbench().scores(of: prediction, on: section, otherwise: .raw), epoch: number,
      file: file)
  }

  /// A viewer on GNAS that waits for a run.
  private func waiting(
    columns: Int = 120, rows: Int = 40, sections: Int = 1, methods: [Method] = []
  ) -> ViewerState {
    var state = viewer(
      columns: columns, rows: rows, sections: sections, methods: [run] + methods)
    state.type("/GNAS")
    state.press(.enter)
    return state
  }

  /// The same after its first epoch, number 1.
  private func watching(columns: Int = 120, rows: Int = 40, sections: Int = 1) -> ViewerState {
    var state = waiting(columns: columns, rows: rows, sections: sections)
    _ = state.update(.runSaved(run, files[0]))
    settle(&state, state.update(.epochPredicted(0, run, .spots, epoch(1, file: files[0]))))
    return state
  }

  private let asked = ViewerEffect.predict(
    section: 0, Method(name: "THItoGene", source: .run(URL(filePath: "/nowhere/RUN"))), .spots)

  @Test func `the screens are as they were looked at`() throws {
    try expectSnapshot(waiting().lines, named: "watch-waiting-120x40")
    try expectSnapshot(waiting(columns: 80, rows: 24).lines, named: "watch-waiting-80x24")
    var state = watching()
    state.press(.right, .shift)
    try expectSnapshot(state.lines, named: "watch-120x40")
    var small = watching(columns: 80, rows: 24)
    try expectSnapshot(small.lines, named: "watch-80x24")
    _ = small.update(.runSaved(run, files[1]))
    _ = small.update(.predictionFailed(0, run, .spots, "checkpoint.safetensors: is cut short."))
    try expectSnapshot(small.lines, named: "watch-failed-80x24")
    small.type("m")
    try expectSnapshot(small.lines, named: "watch-methods-80x24")
  }

  @Test func `nothing is asked for before the first checkpoint, and then at once`() {
    var state = waiting()
    #expect(state.screen.contains("waiting for the first epoch of RUN …"))
    state.type("m")
    #expect(state.screen.contains("no epoch yet") && state.screen.contains("Run: /nowhere/RUN"))
    state.press(.escape)
    #expect(state.update(.runSaved(run, nil)).isEmpty)
    #expect(state.update(.runSaved(run, files[0])) == [asked])
    #expect(!state.screen.contains("waiting for the first epoch"))
    _ = state.update(.epochPredicted(0, run, .spots, epoch(1, file: files[0])))
    #expect(state.screen.contains("THItoGene · epoch 1 · GNAS · 0."))
  }

  @Test func `a checkpoint that was there before the section is asked for with it`() {
    let reference = SectionReference(
      name: "S1", patient: "S", counts: .init(filePath: "/nowhere"), spots: nil)
    var state = ViewerState(
      dataSet: "small", sections: [reference], methods: [run], columns: 120, rows: 40)
    #expect(state.update(.runSaved(run, files[0])).isEmpty)
    #expect(state.update(.sectionLoaded(0, smallSection())).contains(asked))
  }

  @Test func `the epoch on display stays until the next one is there, scores and all`() {
    var state = watching()
    state.type("+")
    state.press(.right, .shift)
    let before = (lines: state.lines, spot: state.spot, view: state.viewport)
    let old = state.method(named: run.name)?.scores
    #expect(state.update(.runSaved(run, files[1])) == [asked])
    #expect(state.lines == before.lines)
    let progress = PredictionProgress(stage: "predicting", fraction: 0.5)
    #expect(state.update(.predicting(0, run, .spots, progress)).isEmpty)
    #expect(state.lines == before.lines)
    let next = epoch(8, file: files[1])
    settle(&state, state.update(.epochPredicted(0, run, .spots, next)))
    #expect(state.screen.contains("THItoGene · epoch 8 · GNAS · 0.9"))
    #expect(state.method(named: run.name)?.scores == next.scores && next.scores != old)
    #expect(state.geneName == "GNAS" && state.spot == before.spot)
    #expect(state.viewport == before.view && before.view != nil)
    // All is as before but for what the run says.
    #expect(state.lines.count { before.lines.contains($0) } > 20)
  }

  @Test func `a run that saves faster than it is predicted is seen all the same`() {
    var state = watching()
    #expect(state.update(.runSaved(run, files[1])) == [asked])
    #expect(state.update(.runSaved(run, files[2])).isEmpty)
    #expect(state.update(.runSaved(run, files[3])).isEmpty)
    // What was asked for was read late: of the newest file, so that nothing more is to be done.
    var late = state
    #expect(late.update(.epochPredicted(0, run, .spots, epoch(4, file: files[3]))).isEmpty)
    // Read early: there is a newer one.
    let again = state.update(.epochPredicted(0, run, .spots, epoch(2, file: files[1])))
    #expect(state.screen.contains("epoch 2") && again == [asked])
  }

  @Test func `a file read before it was seen is not read again`() {
    var state = watching()
    #expect(state.update(.runSaved(run, files[1])) == [asked])
    #expect(state.update(.epochPredicted(0, run, .spots, epoch(3, file: files[2]))).isEmpty)
    #expect(state.update(.runSaved(run, files[2])).isEmpty)
    #expect(state.update(.runSaved(run, files[3])) == [asked])
  }

  @Test func `an epoch that cannot be shown is told, and the next one is tried`() throws {
    var state = watching()
    _ = state.update(.runSaved(run, files[1]))
    let problem = "checkpoint.safetensors: is cut short. Copy it again."
    #expect(state.update(.predictionFailed(0, run, .spots, problem)).isEmpty)
    #expect(state.screen.contains("THItoGene · epoch 1 · GNAS"))
    #expect(state.screen.contains("newest failed, m: why"))
    let place = try #require(state.place(of: "newest failed"))
    let canvas = state.frame().canvas
    #expect(canvas[place.column, place.row].ink == .role(.failure))
    #expect(canvas[place.column, place.row].ground == .role(.background))
    #expect(state.lines[38].contains(problem))
    state.type("m")
    #expect(state.screen.contains("newest failed"))
    #expect(state.screen.contains("Run: /nowhere/RUN, epoch 1"))
    state.press(.escape)
    // The key that tries again does, of the same file.
    var again = state
    #expect(again.update(.input(.key(.character("A")))) == [asked])
    #expect(state.update(.runSaved(run, files[2])) == [asked])
    settle(&state, state.update(.epochPredicted(0, run, .spots, epoch(3, file: files[2]))))
    #expect(!state.screen.contains("newest failed") && !state.screen.contains("cut short"))
    #expect(state.screen.contains("epoch 3"))
  }

  @Test func `a first checkpoint that cannot be read is told in the panel`() {
    var state = waiting()
    _ = state.update(.runSaved(run, files[0]))
    _ = state.update(.predictionFailed(0, run, .spots, "checkpoint.safetensors: is cut short."))
    #expect(state.screen.contains("checkpoint.safetensors: is cut short."))
    #expect(state.screen.contains("the next epoch is tried too"))
    #expect(state.update(.runSaved(run, files[1])) == [asked])
  }

  @Test func `a prediction that was cancelled waits for the next epoch`() {
    var state = waiting()
    _ = state.update(.runSaved(run, files[0]))
    state.focus = .panel(.method(run.name))
    #expect(
      state.update(.input(.key(.escape))) == [.cancelPrediction(section: 0, run, .spots)])
    #expect(state.update(.input(.key(.character("j")))).isEmpty)
    #expect(state.update(.runSaved(run, files[1])) == [asked])
  }

  @Test func `coming back to a section shows what it had, and the epochs since`() {
    var state = watching(sections: 2)
    _ = state.update(.runSaved(run, files[1]))
    let leaving = state.update(.input(.key(.character("."))))
    #expect(leaving.contains(.cancelPrediction(section: 0, run, .spots)))
    #expect(
      state.update(.sectionLoaded(1, smallSection())).contains(
        .predict(section: 1, run, .spots)))
    // Late, of the section that was left.
    #expect(state.update(.epochPredicted(0, run, .spots, epoch(2, file: files[1]))).isEmpty)
    _ = state.update(.input(.key(.character(","))))
    let back = state.update(.sectionLoaded(0, smallSection()))
    #expect(back.contains(asked))
    #expect(state.screen.contains("epoch 1"))
  }

  @Test func `a ranking by the run follows its epochs, and the gene stays`() {
    var state = watching()
    state.press(.escape)
    state.type("r6")
    #expect(state.genes.ranking == .pearson(run.name))
    let r = state.rankedValues?[0]
    _ = state.update(.runSaved(run, files[1]))
    settle(&state, state.update(.epochPredicted(0, run, .spots, epoch(9, file: files[1]))))
    #expect(state.rankedValues?[0] != r && state.geneName == "GNAS")
  }

  @Test func `finer predictions follow too, and say when they are older`() throws {
    var state = watching()
    #expect(
      state.update(.input(.key(.character("f")))) == [.predict(section: 0, run, .dense)])
    let dense = try #require(smallPrediction(smallMethods[0], .dense, smallSection()))
    func finer(_ number: Int, _ file: FileState) -> ViewerEvent {
      .epochPredicted(
        0, run, .dense,
        EpochPrediction(prediction: dense, scores: nil, epoch: number, file: file))
    }
    _ = state.update(finer(1, files[0]))
    let loaded = try #require(state.loaded)
    var content = try #require(state.contents(of: [.method(run.name)], loaded).first)
    #expect(content.layout?.count == 99 && content.facts.last == "99 places")
    #expect(
      state.update(.runSaved(run, files[1])) == [asked, .predict(section: 0, run, .dense)])
    settle(&state, state.update(.epochPredicted(0, run, .spots, epoch(2, file: files[1]))))
    content = try #require(state.contents(of: [.method(run.name)], loaded).first)
    #expect(content.facts.last == "99 places of epoch 1")
    _ = state.update(finer(2, files[1]))
    content = try #require(state.contents(of: [.method(run.name)], loaded).first)
    #expect(content.facts.last == "99 places")
  }

  @Test func `narrow titles keep the epoch and the score`() throws {
    let state = watching(columns: 80, rows: 24)
    #expect(state.screen.contains("THItoGene ep 1 · PCC 0."))
    #expect(state.lines.allSatisfy { $0.columns == 80 })
  }

  @Test func `the view kept knows the run by its name`() {
    var state = watching()
    state.type("1")
    let saved = state.savedView
    let again = viewer(columns: 120, rows: 40, methods: [run], saved: saved)
    #expect(again.panels == state.panels)
    #expect(again.screen.contains("waiting for the first epoch of RUN …"))
  }
}
