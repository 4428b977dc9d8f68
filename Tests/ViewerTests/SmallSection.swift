import Drawing
import Evaluation
import Foundation
import Sections
import Workbench

@testable import Viewer

/// A section of 6 x 5 spots and four genes with known values, made without any file.
func smallSection(labels: Bool = true) -> LoadedSection {
  let spots = (0..<30).map { place in
    Spot(
      id: "\(place % 6 + 10)x\(place / 6 + 20)", column: place % 6 + 10, row: place / 6 + 20,
      x: Double(place % 6) * 100 + 500, y: Double(place / 6) * 100 + 700)
  }
  // GNAS grows to the right, FASN is at one spot, ERBB2 alternates, ACTB is the same everywhere.
  let dense: [(Int) -> Float] = [
    { Float($0 % 6) }, { $0 == 14 ? 9 : 0 }, { $0.isMultiple(of: 2) ? 5 : 1 }, { _ in 7 },
  ]
  var starts = [0]
  var entries: [(spot: UInt32, value: Float)] = []
  for gene in dense {
    for spot in 0..<30 where gene(spot) > 0 { entries.append((UInt32(spot), gene(spot))) }
    starts.append(entries.count)
  }
  let annotation = Annotation(
    name: Annotation.pathologist,
    labels: (0..<30).map { $0 % 6 < 3 ? "adipose tissue" : $0 == 29 ? nil : "invasive cancer" })
  let section = Section(
    name: "S1", patient: "S", platform: "ST", spots: spots,
    genes: ["GNAS", "FASN", "ERBB2", "ACTB"],
    counts: SparseMatrix(
      spotCount: 30, starts: starts, spots: entries.map(\.spot), values: entries.map(\.value)),
    annotations: labels ? [annotation] : [])
  return LoadedSection(section: section, panel: nil, normalization: .raw)
}

/// Two methods trained on raw counts and one of which nothing is known; `Broken` cannot be read.
let smallMethods = ["Alpha", "Beta"].map { name in
  Method(name: name, source: .checkpoint(URL(filePath: "/nowhere/\(name).safetensors")))
}
let smallTable = Method(
  name: "Table", source: .table(URL(filePath: "/nowhere/table.tsv")))

/// Alpha saw the section S2, and so the patient of all.
let alphaOrigin: PredictionOrigin = {
  var origin = PredictionOrigin(summary: "Trained on S2 of patient S.")
  origin.trainedOn = [.init(section: "S2", patient: "S")]
  origin.facts = [.init(label: "held out", text: "S1, S3, by section")]
  origin.checkpoint = "xxh64:0123456789abcdef"
  return origin
}()

/// What the methods say of the small section: Alpha is twice the truth and one more of GNAS and
/// the truth turned round of ERBB2; Beta has noise; the table has another unit and one gene.
func smallPrediction(
  _ method: Method, _ resolution: Resolution, _ section: LoadedSection
) -> Prediction? {
  let counts = section.section.counts
  func values(_ gene: Int, _ change: (Float, Int) -> Float) -> [Float] {
    counts.values(ofGene: gene).enumerated().map { change($1, $0) }
  }
  if resolution == .dense {
    let spots = (0..<99).map { place in
      Spot(
        id: "p\(place)", column: place % 11, row: place / 11, x: Double(place % 11) * 50 + 500,
        y: Double(place / 11) * 50 + 700)
    }
    return Prediction(
      method: method.name, genes: ["GNAS"], spotCount: 99,
      values: spots.map { Float($0.column) / 2 }, denserSpots: spots, normalization: .raw)
  }
  switch method.name {
  case "Alpha":
    return Prediction(
      method: "Alpha", genes: ["ERBB2", "GNAS", "OTHER"], spotCount: 30,
      values: values(2) { value, _ in 6 - value } + values(0) { value, _ in 2 * value + 1 }
        + values(0) { value, _ in value },
      normalization: .raw, origin: alphaOrigin)
  case "Beta":
    return Prediction(
      method: "Beta", genes: ["GNAS", "ERBB2", "ACTB"], spotCount: 30,
      values: values(0) { value, spot in value + (spot.isMultiple(of: 3) ? 2 : 0) }
        + values(2) { value, spot in value + (spot.isMultiple(of: 5) ? -3 : 0) }
        + values(3) { value, _ in value },
      normalization: .raw)
  case "Table":
    return Prediction(
      method: "Table", genes: ["GNAS"], spotCount: 30, values: values(0) { value, _ in value / 9 },
      normalization: nil)
  default: return nil
  }
}

/// A viewer on the small section, everything it asks for answered.
func viewer(
  columns: Int = 100, rows: Int = 30, labels: Bool = true, sections: Int = 1,
  methods: [Method] = [], saved: SavedView? = nil
) -> ViewerState {
  let references = (0..<sections).map { index in
    SectionReference(
      name: "S\(index + 1)", patient: "S", counts: .init(filePath: "/nowhere"), spots: nil)
  }
  var view = saved ?? SavedView()
  if saved == nil { view.normalization = Normalization.raw.name }
  var state = ViewerState(
    dataSet: "small", sections: references, methods: methods, saved: view, columns: columns,
    rows: rows)
  let section = smallSection(labels: labels)
  settle(&state, state.update(.sectionLoaded(0, section)), section)
  return state
}

/// Answers effects until there are none, as a session would; returns those it cannot answer.
@discardableResult
func settle(
  _ state: inout ViewerState, _ effects: [ViewerEffect], _ section: LoadedSection = smallSection()
) -> [ViewerEffect] {
  let workbench = Workbench()
  var waiting = effects
  var others: [ViewerEffect] = []
  while !waiting.isEmpty {
    switch waiting.removeFirst() {
    case .summarize(let index, let normalization):
      waiting += state.update(
        .summarized(index, normalization, workbench.statistics(of: section, normalization)))
    case .computeMoransI(let index, let normalization):
      waiting += state.update(
        .moransIComputed(index, normalization, workbench.moransI(of: section, normalization)))
    case .cluster(let index, let settings, let prediction):
      if let result = try? workbench.clusters(of: section, predictedBy: prediction, settings) {
        waiting += state.update(.clustered(index, result))
      }
    case .predict(let index, let method, let resolution):
      guard let prediction = smallPrediction(method, resolution, section) else {
        waiting += state.update(
          .predictionFailed(index, method, resolution, "\(method.name) cannot be read."))
        continue
      }
      waiting += state.update(.predicted(index, method, resolution, prediction))
    case .score(let index, let method, let prediction, let normalization):
      let scores = workbench.scores(of: prediction, on: section, otherwise: normalization)
      waiting += state.update(.scored(index, method, normalization, scores))
    case .computeAttainable(let index, let normalization):
      let genes = Array(section.section.genes.indices)
      if let values = try? workbench.attainable(
        on: section, genes: genes, normalization, library: nil)
      {
        waiting += state.update(.attainableComputed(index, normalization, values.attainable))
      }
    case .evaluate(let index, let method, let normalization):
      waiting += state.update(evaluated(index, method, normalization, section, workbench))
    case .recluster(let index, let settings, let seeds, let prediction):
      let results = seeds.compactMap { seed in
        var other = settings
        other.seed = seed
        return try? workbench.clusters(of: section, predictedBy: prediction, other)
      }
      waiting += state.update(.reclustered(index, settings, results))
    case .fingerprint(let index):
      waiting += state.update(.fingerprinted(index, section.fingerprint))
    case .load(let index, _): waiting += state.update(.sectionLoaded(index, section))
    case let other: others.append(other)
    }
  }
  return others
}

/// What scoring a method on a section of the data set comes to: all are the small one.
func evaluated(
  _ index: Int, _ method: Method, _ normalization: Normalization,
  _ section: LoadedSection = smallSection(), _ workbench: Workbench = Workbench()
) -> ViewerEvent {
  let plan = EvaluationPlan(
    dataSet: "small", format: "", sections: [], methods: [method], normalization: normalization,
    settings: .ofViewer)
  guard let prediction = smallPrediction(method, .spots, section),
    var scores = try? workbench.scores(of: [prediction], on: section, plan)
  else {
    return .evaluationFailed(index, method, normalization, "\(method.name) cannot be read.")
  }
  scores.section = "S\(index + 1)"
  if let origin = prediction.origin {
    scores.methods[0].standing = origin.standing(ofSection: scores.section, patient: "S")
  }
  return .evaluated(index, method, normalization, scores)
}

extension ViewerState {
  /// Sends keys, one a character, and settles what follows.
  @discardableResult
  mutating func type(_ text: String) -> [ViewerEffect] {
    text.flatMap { settle(&self, update(.input(.key(.character($0))))) }
  }

  @discardableResult
  mutating func press(
    _ key: Key, _ modifiers: InputEvent.Modifiers = []
  ) -> [ViewerEffect] {
    settle(&self, update(.input(.key(key, modifiers))))
  }

  @discardableResult
  mutating func mouse(_ action: MouseEvent.Action, _ column: Int, _ row: Int) -> [ViewerEffect] {
    settle(
      &self, update(.input(.mouse(MouseEvent(action: action, column: column, row: row)))))
  }

  var lines: [String] { frame().canvas.lines }
  var screen: String { lines.joined(separator: "\n") }

  /// Where a text begins on the screen.
  func place(of text: String) -> (column: Int, row: Int)? {
    for (row, line) in lines.enumerated() {
      if let range = line.range(of: text) {
        return (line.distance(from: line.startIndex, to: range.lowerBound), row)
      }
    }
    return nil
  }
}
