import Drawing
import Foundation
import Sections
import Workbench

/// Methods on the current section: asking for predictions, taking them in, comparing.
extension ViewerState {
  /// What is known of a method, by its name.
  func method(named name: String) -> MethodView? { methods.first { $0.method.name == name } }

  /// The method that difference and scatter are about: the one chosen, else the first shown.
  var comparedMethod: MethodView? {
    if let compared, let view = method(named: compared) { return view }
    for case .method(let name) in panels { return method(named: name) }
    return methods.first
  }

  /// The other side of the difference; nil for the observed expression.
  var referenceMethod: MethodView? {
    reference.flatMap { $0 == comparedMethod?.method.name ? nil : method(named: $0) }
  }

  /// The method whose panel has the focus.
  var focusedMethod: String? {
    if case .panel(let kind) = focus, visiblePanels.contains(kind) { return kind.method }
    return nil
  }

  /// The methods with a panel of their own.
  var shownMethods: [String] {
    panels.compactMap { if case .method(let name) = $0 { name } else { nil } }
  }

  // MARK: Predicting

  /// Asks for every prediction that something on the screen needs and nobody asked for yet.
  mutating func predictionEffects() -> [ViewerEffect] {
    guard loaded != nil, !methods.isEmpty else { return [] }
    let needed = neededMethods
    var effects: [ViewerEffect] = []
    for index in methods.indices where needed.contains(methods[index].method.name) {
      effects += ask(index, .spots)
      if isDense, shownMethods.contains(methods[index].method.name), methods[index].canBeDense {
        effects += ask(index, .dense)
      }
    }
    return effects
  }

  private mutating func ask(_ index: Int, _ resolution: Resolution) -> [ViewerEffect] {
    if methods[index].method.isWatched { return askForEpoch(index, resolution) }
    guard case .absent = methods[index][resolution] else { return [] }
    methods[index][resolution] = .predicting(nil)
    return [.predict(section: sectionIndex, methods[index].method, resolution)]
  }

  /// The methods that panels and the ranking speak of.
  var neededMethods: Set<String> {
    var names = Set(panels.compactMap(\.method) + genes.ranking.methods)
    if let view = comparedMethod, ranksByAttainable || display == .genes {
      names.insert(view.method.name)
    }
    if display == .copyNumber, let name = copyNumber.method { names.insert(name) }
    if panels.contains(where: { [.difference, .scatter, .drivers].contains($0) }),
      let view = comparedMethod
    {
      names.insert(view.method.name)
    }
    if panels.contains(.difference), let view = referenceMethod { names.insert(view.method.name) }
    return names
  }

  mutating func take(
    _ progress: PredictionProgress, of method: Method, _ resolution: Resolution
  ) {
    guard let index = place(of: method, awaited: resolution) else { return }
    methods[index][resolution] = .predicting(progress)
  }

  mutating func take(
    _ prediction: Prediction, of method: Method, _ resolution: Resolution
  ) -> [ViewerEffect] {
    guard let index = place(of: method, awaited: resolution), let loaded else { return [] }
    if let problem = mismatch(prediction, of: method, loaded) {
      fail(method, resolution, problem)
      return []
    }
    methods[index][resolution] = .ready(ReadyPrediction(prediction, on: loaded))
    guard resolution == .spots else { return [] }
    refreshAllowedGenes()
    leaveDefaultGene(for: prediction)
    return score(index) + clusterEffects(only: [.method(method.name)])
  }

  /// Why a prediction cannot be of a section; nil when it can.
  func mismatch(_ prediction: Prediction, of method: Method, _ loaded: LoadedSection) -> String? {
    let spots = loaded.section.spots.count
    guard prediction.denserSpots == nil, prediction.spotCount != spots else { return nil }
    return "\(method.name) predicts \(prediction.spotCount.grouped) spots, and section "
      + "\(loaded.section.name) has \(spots.grouped)."
  }

  /// Moves from the gene the section opened on to the first one predicted, so that panels have
  /// something to compare; a gene that somebody chose stays.
  mutating func leaveDefaultGene(for prediction: Prediction) {
    guard let opened = defaultGene, genes.selected == opened else { return }
    defaultGene = nil
    let predicted = Set(prediction.genes)
    guard !predicted.contains(genes.names[opened]) else { return }
    genes.selected = genes.shown.first { predicted.contains(genes.names[$0]) } ?? opened
  }

  mutating func fail(_ method: Method, _ resolution: Resolution, _ problem: String) {
    guard
      let index = methods.firstIndex(where: { $0.method == method && $0.awaits(resolution) }),
      !failRenewal(index, resolution, problem)
    else { return }
    methods[index][resolution] = .failed(problem)
    // At the spots the panel says so; a dense one that failed leaves the spots on display.
    if resolution == .dense { message = Message(text: problem, kind: .failure) }
  }

  mutating func take(_ scores: MethodScores, of method: Method, _ normalization: Normalization) {
    guard let index = methods.firstIndex(where: { $0.method == method }),
      let ready = methods[index].ready,
      ready.observed != nil || normalization == self.normalization
    else { return }
    methods[index].scores = scores
    methods[index].scoredUnder = normalization
    arrange(after: method.name)
  }

  /// The place of a method that is being waited for: late answers have none.
  private func place(of method: Method, awaited resolution: Resolution) -> Int? {
    methods.firstIndex { $0.method == method && $0[resolution].isPredicting }
  }

  private func score(_ index: Int) -> [ViewerEffect] {
    guard let ready = methods[index].ready else { return [] }
    return [
      .score(section: sectionIndex, methods[index].method, ready.prediction, normalization)
    ]
  }

  /// Scores that depend on the normalization chosen are taken anew.
  mutating func rescore() -> [ViewerEffect] {
    var effects: [ViewerEffect] = []
    for index in methods.indices {
      guard let ready = methods[index].ready,
        methods[index].scores == nil
          || ready.observed == nil && methods[index].scoredUnder != normalization
      else { continue }
      methods[index].scores = nil
      effects += score(index)
    }
    return effects
  }

  /// Stops what is being predicted for a method; what it is asked for again starts anew.
  mutating func cancelPrediction(of name: String) -> [ViewerEffect] {
    guard let index = methods.firstIndex(where: { $0.method.name == name }) else { return [] }
    var effects: [ViewerEffect] = []
    for resolution in Resolution.allCases where methods[index][resolution].isPredicting {
      methods[index][resolution] = .cancelled
      effects.append(
        .cancelPrediction(section: sectionIndex, methods[index].method, resolution))
    }
    if !effects.isEmpty {
      message = Message(text: "\(name): cancelled; A starts it again", kind: .note)
    }
    return effects
  }

  /// Whatever failed or was cancelled is asked for once more, as far as it is needed.
  mutating func retryPredictions(of names: Set<String>) {
    for index in methods.indices where names.contains(methods[index].method.name) {
      for resolution in Resolution.allCases {
        switch methods[index][resolution] {
        case .failed, .cancelled: methods[index][resolution] = .absent
        case .ready where methods[index].epochs[resolution]?.problem != nil:
          methods[index].epochs[resolution]?.asked = nil
        default: break
        }
      }
    }
  }

  /// Leaves the section: what is being predicted is stopped, what is there is kept for coming back.
  mutating func leavePredictions() -> [ViewerEffect] {
    let effects = methods.flatMap { view in
      Resolution.allCases.filter(view.awaits).map {
        ViewerEffect.cancelPrediction(section: sectionIndex, view.method, $0)
      }
    }
    if methods.contains(where: { $0.ready != nil }) {
      keptMethods.removeAll { $0.section == sectionIndex }
      keptMethods.insert((sectionIndex, methods.map(\.settled)), at: 0)
      // The last few: a prediction of a large section takes tens of megabytes.
      keptMethods = Array(keptMethods.prefix(4))
    }
    methods = methods.map { MethodView($0.method) }
    return effects
  }

  /// Takes up what is kept of a section that is opened again.
  mutating func restorePredictions() -> [ViewerEffect] {
    if let kept = keptMethods.first(where: { $0.section == sectionIndex }) {
      for index in methods.indices {
        if let view = kept.views.first(where: { $0.method == methods[index].method }) {
          methods[index] = view
        }
      }
    }
    refreshAllowedGenes()
    return rescore()
  }

  // MARK: Choosing

  /// Shows or hides a method's panel; one that failed or was cancelled is asked again.
  mutating func toggleMethod(_ index: Int) {
    let name = methods[index].method.name
    let kind = PanelKind.method(name)
    if !panels.contains(kind) { retryPredictions(of: [name]) }
    toggle(kind)
  }

  /// Adds a method by what was typed: a file, or a name, an equals sign and a file.
  ///
  /// - Returns: why it cannot be added, or nil.
  mutating func addMethod(_ text: String) -> String? {
    var (name, path) = ("", text)
    if let equals = text.firstIndex(of: "="), !text[..<equals].contains("/") {
      name = text[..<equals].trimmingCharacters(in: .whitespaces)
      path = text[text.index(after: equals)...].trimmingCharacters(in: .whitespaces)
    }
    guard !path.isEmpty else { return "Type the path of a checkpoint or of a table." }
    let file = URL(filePath: (path as NSString).expandingTildeInPath)
    if name.isEmpty { name = String(file.lastPathComponent.prefix { $0 != "." }) }
    guard method(named: name) == nil else {
      return "'\(name)' is taken. Write another name in front: NAME=FILE"
    }
    let isCheckpoint = Self.checkpointEndings.contains(file.pathExtension.lowercased())
    methods.append(
      MethodView(Method(name: name, source: isCheckpoint ? .checkpoint(file) : .table(file))))
    toggle(.method(name))
    return nil
  }

  private static let checkpointEndings = ["safetensors", "ckpt", "pt", "pth"]

  /// Lists only the genes that some method predicts, where that is wanted.
  mutating func refreshAllowedGenes() {
    let ready = methods.compactMap(\.ready)
    let before = genes.allowed
    if listsOnlyPredicted, let first = ready.first {
      genes.allowed = ready.dropFirst().reduce(first.predictedGenes) { allowed, next in
        zip(allowed, next.predictedGenes).map { $0 || $1 }
      }
    } else {
      genes.allowed = nil
    }
    if genes.allowed != before { genes.arrange(by: rankedValues) }
  }
}
