import Evaluation
import Sections
import Workbench

/// Scoring sections in the background, one by one: what is wanted follows from the screen.
extension ViewerState {
  /// The methods of the table of scores: those shown, or all where nobody chose the panels and where
  /// none is.
  var scoredMethods: [String] {
    let shown = panelsAreChosen ? Set(shownMethods) : []
    let names = methods.map(\.method.name)
    return shown.isEmpty ? names : names.filter(shown.contains)
  }

  /// What has been found out of a method on a section.
  func evaluation(of key: EvaluationKey) -> MethodEvaluation.State? {
    evaluations[key.method]?.sections[key.section]
  }

  /// The scores of a method on the section on display, by every measure.
  func sectionScores(of method: String) -> SectionScores? {
    evaluation(of: EvaluationKey(section: sectionIndex, method: method))?.scores
  }

  /// All that the screen has use for, what is looked at first.
  private var wantedEvaluations: [EvaluationKey] {
    var wanted: [EvaluationKey] = []
    func want(_ method: String?, on section: Int) {
      guard let method, self.method(named: method).map(isScorable) == true else { return }
      wanted.append(EvaluationKey(section: section, method: method))
    }
    if case .measure(_, let name) = genes.ranking { want(name, on: sectionIndex) }
    if case .origin(let origin) = overlay, let name = origin.subject.method {
      want(name, on: origin.section ?? sectionIndex)
    }
    if display == .genes { want(comparedMethod?.method.name, on: sectionIndex) }
    if display == .scores {
      let others = references.indices.filter { $0 != sectionIndex }
      for section in [sectionIndex] + others {
        for name in scoredMethods { want(name, on: section) }
      }
    }
    return wanted
  }

  /// Whether asking for scores can give some: of a run there has to be an epoch.
  private func isScorable(_ view: MethodView) -> Bool {
    !view.method.isWatched || runs[view.method.name] != nil
  }

  /// Stops what is no longer wanted, and begins with the next where nothing is under way.
  mutating func evaluationEffects() -> [ViewerEffect] {
    let wanted = wantedEvaluations
    var effects: [ViewerEffect] = []
    if let running = evaluating, !wanted.contains(running) {
      forget(running)
      evaluating = nil
      effects.append(.cancelEvaluation)
    }
    guard evaluating == nil, let next = wanted.first(where: { evaluation(of: $0) == nil }),
      let method = method(named: next.method)?.method
    else { return effects }
    evaluating = next
    take(.working(nil), of: next)
    return effects + [.evaluate(section: next.section, method, normalization)]
  }

  /// Takes in progress, scores, or why there are none.
  mutating func take(
    _ state: MethodEvaluation.State, ofSection section: Int, _ method: Method,
    _ normalization: Normalization
  ) {
    let key = EvaluationKey(section: section, method: method.name)
    guard self.method(named: method.name)?.method == method else { return }
    if case .working = state {
      if evaluating == key { take(state, of: key) }
      return
    }
    if evaluating == key { evaluating = nil }
    let isAssumed = state.scores?.methods.contains(where: \.normalizationIsAssumed) == true
    guard !isAssumed || normalization == self.normalization else {
      forget(key)
      return
    }
    take(state, of: key)
    if section == sectionIndex { arrange(after: method.name) }
  }

  /// What depends on the normalization is scored anew once it is another.
  mutating func forgetAssumedEvaluations() {
    for name in evaluations.keys {
      let plan = plan(of: name)
      evaluations[name]?.forgetAssumed(plan)
    }
  }

  /// A method that says something else from now on, such as a run's next epoch.
  mutating func forgetEvaluations(of name: String) -> [ViewerEffect] {
    evaluations[name] = nil
    guard evaluating?.method == name else { return [] }
    evaluating = nil
    return [.cancelEvaluation]
  }

  /// Each gene's value of a measure, by the section's genes; nil before it has been taken.
  func values(of measure: GeneMeasure, method: String) -> [Float]? {
    guard let loaded, let scores = sectionScores(of: method), let columns = scores.method(method)
    else { return nil }
    let values = columns.values(measure)
    guard !values.isEmpty else { return nil }
    return scores.places(of: loaded.section.genes).map { $0 < 0 ? .nan : Float(values[$0]) }
  }

  private mutating func take(_ state: MethodEvaluation.State?, of key: EvaluationKey) {
    let plan = plan(of: key.method)
    evaluations[key.method, default: MethodEvaluation()].take(
      state, ofSection: key.section, plan)
  }

  private mutating func forget(_ key: EvaluationKey) { take(nil, of: key) }

  /// How a method is scored, as its tables and cards say.
  private func plan(of name: String) -> EvaluationPlan {
    EvaluationPlan(
      dataSet: dataSetName, format: "", sections: references,
      methods: methods.filter { $0.method.name == name }.map(\.method),
      normalization: normalization, settings: .ofViewer)
  }
}

extension SectionScores {
  /// The place of each gene of the section in the table, or -1; both are in the section's order.
  func places(of names: [String]) -> [Int] {
    var next = 0
    return names.map { name in
      guard next < genes.count, genes[next] == name else { return -1 }
      next += 1
      return next - 1
    }
  }
}
