import Drawing
import Evaluation
import Images
import Sections
import Workbench

extension ViewerState {
  /// Takes in one event and says what has to be done outside.
  public mutating func update(_ event: ViewerEvent) -> [ViewerEffect] {
    var effects: [ViewerEffect]
    switch event {
    case .input(let input): effects = take(input)
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
      detail = pyramid
      awaitedDetail = nil
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
    return effects + detailEffects() + predictionEffects() + evaluationEffects()
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
    var effects = beginExpression(statistics: section.statistics, of: section.normalization)
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
  /// up to six, as many as come out large enough.
  private mutating func choosePanels(for section: LoadedSection) {
    if section.section.spots.isEmpty {
      panels = [.image]
      return
    }
    guard !panelsAreChosen else { return }
    if let first = methods.first?.method.name {
      let across = layout.stageColumns / 28
      let down = layout.stageRows / 12
      let room = min(6, across * down)
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
    let cancelled = leavePredictions()
    sectionIndex = index
    content = .loading
    (image, detail, awaitedDetail) = (.none, nil, nil)
    (expression, statistics, moransI, attainable) = (nil, nil, nil, nil)
    (workedOut, fingerprint) = (nil, nil)
    (viewport, spot, wantedSpot, message) = (nil, nil, nil, nil)
    clusterSets = [:]
    return cancelled + [.load(section: index), .remember(savedView)]
  }

  /// Asks for a sharper picture when the view is closer than the one at hand shows.
  private mutating func detailEffects() -> [ViewerEffect] {
    guard case .ready(let pyramid) = image, awaitedDetail == nil, let loaded,
      let file = loaded.section.image,
      let body = bodies().first(where: {
        $0.kind == .image || showsUnderlay && $0.kind != .scatter
      })?.area
    else { return [] }
    let view = viewport(columns: body.columns, rows: body.rows, layout: loaded.layout)
    guard view.scale < pyramid.finestScale * 0.9 else {
      detail = nil
      return []
    }
    let reduction = [8, 4, 2].first { Double($0) <= view.scale } ?? 1
    let width = Double(body.columns) * view.scale
    let height = Double(body.rows * 2) * view.scale
    let wanted = PixelRectangle(
      x: Int(view.centerX - width / 2) - 1, y: Int(view.centerY - height / 2) - 1,
      width: Int(width) + 3, height: Int(height) + 3
    ).clipped(toWidth: file.width, height: file.height)
    guard let wanted else { return [] }
    if let detail, detail.extent.contains(wanted), detail.finestScale <= Double(reduction) * 1.01 {
      return []
    }
    // A margin on every side, so that small steps need nothing new.
    let margin = PixelRectangle(
      x: wanted.x - wanted.width / 4, y: wanted.y - wanted.height / 4,
      width: wanted.width * 3 / 2, height: wanted.height * 3 / 2
    ).clipped(toWidth: file.width, height: file.height)
    let area = margin ?? wanted
    awaitedDetail = DetailRequest(area: area, reduction: reduction)
    return [.readDetail(section: sectionIndex, area, reducedBy: reduction)]
  }

  /// The view of a panel's body: the chosen one or the whole section.
  func viewport(columns: Int, rows: Int, layout: SpotLayout) -> Viewport {
    viewport ?? Viewport(fitting: layout, width: columns, height: rows * 2)
  }
}

extension PixelRectangle {
  func contains(_ other: PixelRectangle) -> Bool {
    other.x >= x && other.y >= y && other.maxX <= maxX && other.maxY <= maxY
  }
}
