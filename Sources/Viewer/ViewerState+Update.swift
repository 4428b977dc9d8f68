import Drawing
import Evaluation
import Sections
import Workbench

extension ViewerState {
  /// Takes in one event and says what has to be done outside.
  public mutating func update(_ event: ViewerEvent) -> [ViewerEffect] {
    var effects: [ViewerEffect]
    switch event {
    case .input(let input): effects = take(input)
    case .sectionPreviewed(let index, let section):
      guard index == sectionIndex, loaded == nil else { return [] }
      show(preview: section)
      effects = []
    case .sectionLoaded(let index, let section): effects = take(section, index: index)
    case .sectionFailed(let index, let problem):
      guard index == sectionIndex else { return [] }
      content = .failed(problem)
      effects = []
    case .sectionLaid(let index, let section):
      guard index == sectionIndex else { return [] }
      effects = takeLaid(section)
    case .placementDoubted(let index, let doubt):
      guard index == sectionIndex, placements[references[index].name] == nil else { return [] }
      message = Message(text: doubt.sentence(with: placementKeys), kind: .warning)
      effects = []
    case .imageRead(let index, let pyramid):
      guard index == sectionIndex else { return [] }
      image = .ready(pyramid)
      effects = []
    case .imageFailed(let index, let problem):
      guard index == sectionIndex else { return [] }
      image = .failed(problem)
      effects = []
    case .detailRead(let index, let pyramid):
      guard index == sectionIndex else { return [] }
      take(detail: pyramid)
      effects = []
    case .detailFailed(let index, let problem):
      guard index == sectionIndex else { return [] }
      failDetail(problem)
      effects = []
    case .summarized(let index, let normalization, let statistics):
      guard index == sectionIndex, normalization == self.normalization else { return [] }
      self.statistics = statistics
      genes.arrange(by: rankedValues)
      effects = []
    case .moransIComputed(let index, let normalization, let values):
      guard index == sectionIndex, normalization == self.normalization else { return [] }
      moransI = values
      genes.arrange(by: rankedValues)
      effects = []
    case .attainableComputed(let index, let normalization, let values):
      guard index == sectionIndex, normalization == self.normalization else { return [] }
      attainable = values
      genes.arrange(by: rankedValues)
      effects = []
    case .clustered(let index, let result):
      guard index == sectionIndex, take(result) else { return [] }
      effects = spreadEffects(after: result)
    case .clusteringFailed(let index, let settings, let problem):
      guard index == sectionIndex, fail(settings, problem) else { return [] }
      effects = []
    case .predicting(let index, let method, let resolution, let progress):
      guard index == sectionIndex else { return [] }
      take(progress, of: method, resolution)
      effects = []
    case .predicted(let index, let method, let resolution, let prediction):
      guard index == sectionIndex else { return [] }
      effects = take(prediction, of: method, resolution)
    case .epochPredicted(let index, let method, let resolution, let epoch):
      guard index == sectionIndex else { return [] }
      effects = take(epoch, of: method, resolution)
    case .runSaved(let method, let file):
      effects = runs[method.name] == file ? [] : forgetEvaluations(of: method.name)
      runs[method.name] = file
    case .predictionFailed(let index, let method, let resolution, let problem):
      guard index == sectionIndex else { return [] }
      fail(method, resolution, problem)
      effects = rankingEffects()
    case .mappingTumour(let index, let progress):
      if index == sectionIndex { take(mapping: progress) }
      effects = []
    case .tumourMapped(let index, let map):
      if index == sectionIndex { take(map) }
      effects = []
    case .tumourFailed(let index, let problem):
      if index == sectionIndex { failTumour(problem) }
      effects = []
    case .scored(let index, let method, let normalization, let scores):
      guard index == sectionIndex else { return [] }
      take(scores, of: method, normalization)
      effects = []
    case .evaluating(let index, let method, let normalization, let progress):
      take(.working(progress), ofSection: index, method, normalization)
      effects = []
    case .evaluated(let index, let method, let normalization, let scores):
      take(.done(scores), ofSection: index, method, normalization)
      effects = []
    case .evaluationFailed(let index, let method, let normalization, let problem):
      take(.failed(problem), ofSection: index, method, normalization)
      effects = []
    case .reclustered(let index, let settings, let results):
      guard index == sectionIndex else { return [] }
      take(results, of: settings)
      effects = []
    case .explained(let index, let request, let state):
      guard index == sectionIndex else { return [] }
      take(state, for: request)
      effects = []
    case .copyNumberMapped(let index, let map):
      guard index == sectionIndex else { return [] }
      take(map)
      effects = []
    case .copyNumberFailed(let index, let query, let problem):
      guard index == sectionIndex else { return [] }
      fail(query, problem)
      effects = []
    case .fingerprinted(let index, let fingerprint):
      guard index == sectionIndex else { return [] }
      self.fingerprint = fingerprint
      effects = []
    case .exported(let path):
      message = Message(text: "Wrote \(path)", kind: .success)
      effects = []
    case .exportWouldReplace(let request):
      overlay = .confirm(request)
      effects = []
    case .exportFailed(let problem):
      message = Message(text: problem, kind: .failure)
      effects = []
    }
    guard !isPreview else { return effects }
    return effects + detailEffects() + predictionEffects() + tumourEffects()
      + evaluationEffects() + copyNumberEffects()
  }

  /// Puts the one gene that has been read on display, as it was counted.
  private mutating func show(preview section: LoadedSection) {
    content = .loaded(section)
    if !panelsAreChosen { panels = [.observed] }
    genes = GeneList(names: section.section.genes)
    genes.selected = section.section.onlyGene
    expression = section.expression(.raw)
    message = Message(text: "Reading the counts of all genes …", kind: .note)
  }

  /// Puts a section that has been read on display.
  private mutating func take(_ section: LoadedSection, index: Int) -> [ViewerEffect] {
    guard index == sectionIndex else { return [] }
    content = .loaded(section)
    useUsualNormalization(of: section.section)
    choosePanels(for: section)
    var list = GeneList(names: section.section.genes)
    workedOut = nil
    list.ranking = genes.ranking
    list.isReversed = genes.isReversed
    list.query = genes.query
    list.starred = genes.starred
    list.showsOnlyStarred = genes.showsOnlyStarred
    genes = list
    spot = wantedSpot.flatMap { id in section.section.spots.firstIndex { $0.id == id } }
    if !clusterCountIsChosen {
      let kinds = section.section.labels?.categories.filter { $0 != "undetermined" }.count ?? 4
      clusterCount = max(2, min(kinds, 12, section.section.spots.count))
    }
    if let note = section.section.notes.first {
      let more = section.section.notes.count - 1
      message = Message(
        text: note + (more > 0 ? " (and \(more) more: eosin info)" : ""), kind: .warning)
    }
    var effects = beginExpression(statistics: section.statisticsAtHand, of: section.normalization)
    genes.selected =
      wantedGene.flatMap { section.section.genes.firstIndex(of: $0) } ?? genes.shown.first
    defaultGene = wantedGene == nil ? genes.selected : nil
    if let wantedGene, genes.selectedName != wantedGene, message == nil {
      message = Message(text: unknownGene(wantedGene), kind: .warning)
    }
    if section.section.image != nil {
      image = .loading
      effects.append(.readImage(section: index))
    } else {
      image = .none
    }
    tumour?.enter(section: index)
    return effects + restorePredictions() + recluster() + layAsSaved()
  }

  /// Values that are no counts are shown as they are, unless somebody chose otherwise.
  private mutating func useUsualNormalization(of section: Section) {
    if !section.holdsCounts, normalization == .released {
      normalization = .raw
      isRawForLackOfCounts = true
    } else if section.holdsCounts, isRawForLackOfCounts {
      normalization = .released
      isRawForLackOfCounts = false
    }
  }

  /// Up to four panels: those the section has something for, fewer on a small screen. With methods
  /// up to six, as many as come out large enough, or eight on a large screen.
  private mutating func choosePanels(for section: LoadedSection) {
    if section.section.spots.isEmpty {
      panels = [.image]
      return
    }
    guard !panelsAreChosen else { return }
    if tumour != nil {
      panels = [.tumour]
      if columns >= 100, rows >= 28 {
        panels = section.section.image == nil ? [.observed] : [.image, .observed]
        panels.append(.tumour)
      }
      if section.section.labels != nil { panels.append(.labels) }
      return
    }
    if let first = methods.first?.method.name {
      func places(of columns: Int, by rows: Int) -> Int {
        (layout.stageColumns / columns) * (layout.stageRows / rows)
      }
      let room = places(of: 32, by: 20) >= 8 ? 8 : min(6, places(of: 28, by: 12))
      guard room >= 3 else {
        panels = [.observed, .method(first)]
        return
      }
      panels = section.section.image == nil ? [.observed] : [.image, .observed]
      panels += methods.prefix(room - panels.count).map { .method($0.method.name) }
      for kind in [PanelKind.difference, .scatter] {
        // An even number leaves no place empty.
        guard panels.count < room, kind == .difference || panels.count % 2 == 1 else { continue }
        panels.append(kind)
      }
      return
    }
    panels = [.observed, .clusters]
    if section.section.image != nil { panels.insert(.image, at: 0) }
    if section.section.labels != nil { panels.append(.labels) }
    if columns < 100 || rows < 28 {
      panels = section.section.labels == nil ? [.observed, .clusters] : [.observed, .labels]
      if section.section.image != nil { panels = [.image, .observed] }
    }
  }

  /// Takes up the current normalization: values at once, statistics when they have been made.
  mutating func beginExpression(
    statistics known: GeneStatistics? = nil, of normalization: Normalization? = nil
  ) -> [ViewerEffect] {
    guard let loaded else { return [] }
    expression = loaded.expression(self.normalization)
    (moransI, attainable, asked) = (nil, nil, [])
    statistics = normalization == self.normalization ? known : nil
    if statistics != nil { genes.arrange(by: rankedValues) }
    var effects: [ViewerEffect] = []
    if statistics == nil { effects.append(.summarize(section: sectionIndex, self.normalization)) }
    return effects + rankingEffects()
  }

  /// Opens another section; what was chosen by name is looked for there again.
  mutating func open(section index: Int) -> [ViewerEffect] {
    guard references.indices.contains(index), index != sectionIndex || loaded == nil else {
      return []
    }
    wantedGene = genes.selectedName ?? wantedGene
    let cancelled = leavePredictions() + leaveTumour() + cancelDrivers()
    drivers = nil
    copyNumber.leaveSection()
    sectionIndex = index
    content = .loading
    (image, details, awaitedDetail, failedDetail) = (.none, [], nil, nil)
    (expression, statistics, moransI, attainable) = (nil, nil, nil, nil)
    (workedOut, fingerprint) = (nil, nil)
    (viewport, spot, wantedSpot, message) = (nil, nil, nil, nil)
    clusterSets = [:]
    return cancelled + [.load(section: index, gene: wantedGene), .remember(savedView)]
  }

  /// The view of a panel's body: the chosen one or the whole section.
  func viewport(columns: Int, rows: Int, layout: SpotLayout) -> Viewport {
    viewport ?? Viewport(fitting: layout, width: columns, height: rows * 2)
  }
}
