import Drawing
import Sections
import Workbench

/// The current gene's values in every panel and the scales they are drawn on, worked out once a
/// frame.
///
/// What is observed is shown under the normalization of the method compared, as soon as its
/// prediction is there and says what it was trained on: score, difference and scatter then speak
/// of the values on display. Methods in another unit, and those whose unit nobody knows while the
/// observed values have a method's, keep scales of their own: two units never share one.
struct GeneValues: Sendable {
  /// A list of values and the scale for it.
  struct Shown: Sendable {
    var values: [Float]
    var scale: ColorScale
    /// Whether the scale is that of the observed values too.
    var isShared: Bool
  }

  var observed: Shown?
  /// By the method's name; nothing for those without the gene or without a prediction.
  var predicted: [String: Shown] = [:]
}

extension ViewerState {
  /// The observed expression as it is shown and compared.
  var shownExpression: NormalizedExpression? {
    guard panels.contains(where: \.isOfMethods), let ready = comparedMethod?.ready else {
      return expression
    }
    return ready.observed ?? expression
  }

  /// Whether the observed values follow the compared method's normalization.
  var followsMethod: Bool {
    panels.contains(where: \.isOfMethods) && comparedMethod?.ready?.observed != nil
  }

  /// What a prediction is compared with: the observed expression under its own normalization, or
  /// under the one chosen where it has none.
  func observed(for ready: ReadyPrediction) -> NormalizedExpression? {
    ready.observed ?? expression
  }

  /// The values and scales of some panels.
  func geneValues(for kinds: [PanelKind]) -> GeneValues {
    var shown = GeneValues()
    guard let gene = genes.selected, let unit = shownExpression else { return shown }
    var together: [Float] = []
    func scale(_ values: [Float]) -> ColorScale {
      let range = limits.limits(of: values)
      return ColorScale(ramp: ramp, lower: range.lower, upper: range.upper)
    }
    func add(_ values: [Float], sharing: Bool) -> GeneValues.Shown {
      let shares = sharing && !hasOwnScales
      if shares { together += values }
      return GeneValues.Shown(
        values: values, scale: shares ? ColorScale(ramp: ramp, lower: 0, upper: 1) : scale(values),
        isShared: shares)
    }
    if kinds.contains(.observed) {
      shown.observed = add(unit.values(ofGene: gene), sharing: true)
    }
    for case .method(let name) in kinds {
      guard let drawn = drawnPrediction(of: name), let values = drawn.values(ofGene: gene) else {
        continue
      }
      let isSameUnit = observed(for: drawn)?.hasUnit(of: unit) ?? false
      shown.predicted[name] = add(values, sharing: isSameUnit)
    }
    let shared = scale(together)
    if shown.observed?.isShared == true { shown.observed?.scale = shared }
    for name in shown.predicted.keys where shown.predicted[name]?.isShared == true {
      shown.predicted[name]?.scale = shared
    }
    return shown
  }

  /// The prediction that a method's panel draws: the dense one where it is wanted and there.
  func drawnPrediction(of name: String) -> ReadyPrediction? {
    guard let view = method(named: name) else { return nil }
    return isDense ? view.dense.ready ?? view.ready : view.ready
  }

  /// The compared method's values at the spots less the other side's; a sentence where they cannot
  /// be taken.
  func differenceValues() -> Result<[Float], Notice> {
    guard let view = comparedMethod else {
      return .failure(Notice("there is no method to compare"))
    }
    if let notice = comparisonNotice(about: view) { return .failure(notice) }
    guard let ready = view.ready, let gene = genes.selected, let values = ready.values(ofGene: gene)
    else { return .failure(Notice("there is no gene to compare")) }
    var others: [Float]
    if let reference = referenceMethod {
      if let notice = comparisonNotice(about: reference) { return .failure(notice) }
      guard let other = reference.ready, let unit = observed(for: ready),
        let otherUnit = observed(for: other), let found = other.values(ofGene: gene)
      else { return .failure(Notice("there is no gene to compare")) }
      guard unit.hasUnit(of: otherUnit) else {
        return .failure(
          Notice(
            "\(view.method.name) and \(reference.method.name) were trained on different "
              + "normalizations: their difference would mean nothing",
            hint: "W compares with the observed values"))
      }
      others = found
    } else {
      guard let unit = observed(for: ready) else {
        return .failure(Notice("there is nothing to compare with"))
      }
      others = unit.values(ofGene: gene)
    }
    for spot in others.indices { others[spot] = values[spot] - others[spot] }
    return .success(others)
  }

  /// Why a method has nothing to draw for the current gene; nil when it has.
  func notice(about view: MethodView, _ resolution: Resolution) -> Notice? {
    let name = view.method.name
    switch view[resolution] {
    case .absent:
      guard case .run(let folder) = view.method.source, runs[name] == nil else {
        return Notice("\(name) has not been asked yet")
      }
      return Notice(
        "waiting for the first epoch of \(folder.lastPathComponent.shortened(to: 32)) …",
        hint: "shown once it is saved")
    case .predicting(let progress):
      return Notice(
        progress.map(\.stage) ?? "waiting for its turn", progress: progress?.fraction ?? 0,
        hint: focusedMethod == name ? "Esc cancels" : nil)
    case .failed(let problem):
      let hint = view.method.isWatched ? "the next epoch is tried too" : "A tries again"
      return Notice(problem, hint: hint, isFailure: true)
    case .cancelled: return Notice("\(name) was cancelled", hint: "A starts it again")
    case .ready(let ready):
      guard let gene = genes.selected, !ready.predicts(gene: gene) else { return nil }
      return Notice(
        "\(genes.names[gene]) is not among \(name)'s \(ready.prediction.geneCount.grouped) genes",
        hint: "h lists predicted genes only")
    }
  }
}

extension ViewerState {
  /// Why a method cannot be compared spot by spot; nil when it can.
  func comparisonNotice(about view: MethodView) -> Notice? {
    if let notice = notice(about: view, .spots) { return notice }
    guard view.ready?.layout != nil else { return nil }
    return Notice(
      "\(view.method.name) says what is between the spots, where nothing was measured",
      hint: "w compares another method")
  }
}

/// What stands in a panel in place of its spots.
struct Notice: Sendable, Hashable, Error {
  var text: String
  /// The share of the work that is done, where some is being done.
  var progress: Double?
  /// A way forward.
  var hint: String?
  var isFailure: Bool

  init(_ text: String, progress: Double? = nil, hint: String? = nil, isFailure: Bool = false) {
    self.text = text
    self.progress = progress
    self.hint = hint
    self.isFailure = isFailure
  }
}
