import Drawing
import Evaluation
import Foundation
import Sections
import Workbench

/// Everything the viewer shows, as one value: `update` changes it, `frame` draws it.
///
/// Reads no clock, file or terminal, so that every screen can be made and tested without one.
public struct ViewerState: Sendable {
  /// What the current section is doing.
  enum Content {
    /// The data set has no sections.
    case empty
    case loading
    case failed(String)
    case loaded(LoadedSection)
  }

  /// The section's image on its way.
  enum ImageState {
    case none
    case loading
    case failed(String)
    case ready(ImagePyramid)
  }

  enum Focus: Sendable, Hashable {
    case genes
    case panel(PanelKind)
  }

  struct Message: Sendable, Hashable {
    enum Kind { case note, success, warning, failure }
    var text: String
    var kind: Kind
  }

  var columns: Int
  var rows: Int
  let dataSetName: String
  let references: [SectionReference]
  let themes: [Theme]
  var theme: Theme
  var sectionIndex: Int
  var content: Content
  var display = Screen.compare
  var focus = Focus.genes
  var overlay: Overlay?
  var isSearching = false
  var message: Message?

  // Expression
  var normalization: Normalization
  /// Whether that is `raw` because the section's values are no counts, not because anybody chose it.
  var isRawForLackOfCounts = false
  var ramp: ColorRamp
  var limits: ValueLimits
  /// The current section's values under `normalization`; nil while nothing is loaded.
  var expression: NormalizedExpression?
  /// The hash of the current section's spots, genes and counts, once somebody asked.
  var fingerprint: String?
  var statistics: GeneStatistics?
  var moransI: [Float]?
  /// What each gene's correlation could at best be under `normalization`, once somebody asked.
  var attainable: [Float]?
  /// The rankings that have been asked for under the normalization chosen.
  var asked: Set<GeneRanking> = []
  var genes = GeneList(names: [])
  /// The gene wanted next time a section arrives, by name.
  var wantedGene: String?
  /// The gene a section opened on because nobody had chosen one.
  var defaultGene: Int?

  // Panels
  var panels: [PanelKind]
  /// Whether the user chose the panels, or they follow from the section and the screen.
  var panelsAreChosen: Bool
  var maximized: PanelKind?
  /// Nil shows the whole section.
  var viewport: Viewport?
  var showsUnderlay: Bool
  var dimming: Double
  var image = ImageState.none
  /// Sharper pictures of parts of the image, the latest first.
  var details: [ImagePyramid] = []
  /// The detail asked for and not answered yet.
  var awaitedDetail: DetailRequest?
  /// The detail that could not be read.
  var failedDetail: DetailRequest?
  var spot: Int?
  var wantedSpot: String?
  /// How the user laid spots on the images of sections, by the section's name.
  var placements: [String: ImagePlacement]
  var dragStart: (column: Int, row: Int, viewport: Viewport)?
  let rasters = RasterCache()

  // Methods
  /// In the order of their keys and columns; names are unique.
  var methods: [MethodView]
  /// The newest checkpoint of each run that is watched, by the method's name, once there is one.
  var runs: [String: FileState] = [:]
  /// Those of the last sections left, so that coming back is instant.
  var keptMethods: [(section: Int, views: [MethodView])] = []
  /// The method that difference and scatter are about, by name; nil for the first shown.
  var compared: String?
  /// What it is compared with, by name; nil for the observed expression.
  var reference: String?
  var hasOwnScales: Bool
  /// Whether predictions are drawn finer than the spots, where there are any.
  var isDense: Bool
  var listsOnlyPredicted: Bool
  /// What the genes are ranked by where that has to be worked out from scores first.
  var workedOut: [Float]?

  /// The tumour regions; nil where nobody named a network for them.
  var tumour: TumourView?

  // Scores
  /// What has been found out of each method on the sections, by the method's name.
  var evaluations: [String: MethodEvaluation] = [:]
  /// What is being scored.
  var evaluating: EvaluationKey?
  /// The row chosen in the table of scores: a section, or the means below the last.
  var scoreRow = 0
  /// The column chosen in the table of genes.
  var geneColumn = 0

  /// Whether there are no colours to tell the sides of a difference by.
  var usesSigns = false

  /// What drove a prediction, once somebody asked.
  var drivers: DriversView?
  /// How many patches are made white for that.
  var driverPatches = DriversRequest.usualMost

  // Copy numbers
  var copyNumber = CopyNumberScreen()
  let heatmaps = HeatmapCache()

  // Clusters
  var palette: CategoricalPalette
  var clusterCount: Int
  var clusterCountIsChosen: Bool
  var clusterSets: [ClusterSource: ClusterSet] = [:]

  /// - Parameters:
  ///   - section: index of the section to open first; the saved view's by default.
  ///   - heldOut: index of the section to open where neither says which; the first by default.
  ///   - gene: the gene to show first.
  ///   - methods: what to show beside the observed expression, each under a name of its own.
  ///   - tumour: the file of a network whose tumour regions are shown.
  public init(
    dataSet name: String, sections: [SectionReference], section: Int? = nil, heldOut: Int? = nil,
    gene: String? = nil, methods: [Method] = [], tumour: URL? = nil,
    themes: [Theme] = Theme.builtIn, theme: Theme? = nil,
    saved: SavedView? = nil, columns: Int, rows: Int
  ) {
    dataSetName = name
    references = sections
    self.themes = themes
    self.columns = columns
    self.rows = rows
    let view = saved ?? SavedView()
    self.theme =
      theme ?? themes.first { $0.name == view.theme } ?? themes.first ?? Theme.standard
    let savedIndex = view.section.flatMap { name in sections.firstIndex { $0.name == name } }
    sectionIndex = section ?? savedIndex ?? heldOut ?? 0
    content = sections.isEmpty ? .empty : .loading
    normalization =
      Normalization.presets.first { $0.name == view.normalization } ?? .released
    let ramps = (self.theme.ramp.map { [$0] } ?? []) + ColorRamp.all
    ramp = ramps.first { $0.name == view.ramp } ?? .viridis
    limits = view.limits
    let names = Set(methods.map(\.name))
    panels = (view.panels ?? []).filter { $0.method.map(names.contains) ?? true }
    if names.isEmpty { panels.removeAll(where: \.isOfMethods) }
    if tumour == nil { panels.removeAll { $0 == .tumour } }
    // Panels chosen without knowing of a method would hide it, and those chosen among more methods
    // may show none of the fewer there are now.
    let known = Set(view.methods ?? [])
    panelsAreChosen =
      !panels.isEmpty && names.isSubset(of: known)
      && (names.isEmpty || names == known || panels.contains(where: \.isOfMethods))
    if !panelsAreChosen { panels = [] }
    self.methods = methods.map(MethodView.init)
    self.tumour = tumour.map(TumourView.init)
    // Whoever names a network wants to see its map, whatever panels were chosen before.
    if tumour != nil, panelsAreChosen, !panels.contains(.tumour) {
      panels.insert(.tumour, at: panels.firstIndex(of: .labels) ?? panels.count)
    }
    compared = view.compared
    reference = view.reference
    hasOwnScales = view.hasOwnScales ?? false
    isDense = view.isDense ?? false
    listsOnlyPredicted = view.listsOnlyPredicted ?? false
    copyNumber.references = view.copyNumberReferences ?? []
    showsUnderlay = view.showsUnderlay
    dimming = view.dimming
    placements = view.placements ?? [:]
    palette = CategoricalPalette.all.first { $0.name == view.palette } ?? .okabeIto
    clusterCount = view.clusterCount ?? 4
    clusterCountIsChosen = view.clusterCount != nil
    genes.ranking =
      names.isSuperset(of: view.ranking.methods) ? view.ranking : SavedView().ranking
    genes.starred = Set(view.starred)
    wantedGene = gene ?? view.gene
    // Zoom and spot belong to the section they were left on.
    if sectionIndex == savedIndex {
      wantedSpot = view.spot
      viewport = view.viewport.map {
        Viewport(centerX: $0.centerX, centerY: $0.centerY, scale: $0.scale)
      }
    }
  }

  /// What to ask for at the very start.
  public var firstEffects: [ViewerEffect] {
    references.isEmpty ? [] : [.load(section: sectionIndex, gene: wantedGene)]
  }

  /// The theme in use, for the terminal to paint with.
  public var currentTheme: Theme { theme }

  /// What the next opening of this data set should begin with.
  public var savedView: SavedView {
    var view = SavedView()
    view.section = references.indices.contains(sectionIndex) ? references[sectionIndex].name : nil
    view.gene = genes.selectedName ?? wantedGene
    view.starred = genes.starred.sorted()
    view.ranking = genes.ranking
    view.normalization = (isRawForLackOfCounts ? .released : normalization).name
    view.ramp = ramp.name
    view.limits = limits
    view.panels = panelsAreChosen ? panels : nil
    if !methods.isEmpty { view.methods = methods.map(\.method.name) }
    view.compared = compared
    view.reference = reference
    view.hasOwnScales = hasOwnScales ? true : nil
    view.isDense = isDense ? true : nil
    view.listsOnlyPredicted = listsOnlyPredicted ? true : nil
    if !copyNumber.references.isEmpty { view.copyNumberReferences = copyNumber.references }
    view.clusterCount = clusterCountIsChosen ? clusterCount : nil
    view.theme = theme.name
    view.palette = palette.name
    view.showsUnderlay = showsUnderlay
    view.dimming = dimming
    view.spot = spot.flatMap { spot in loaded.map { $0.section.spots[spot].id } }
    if !placements.isEmpty { view.placements = placements }
    view.viewport = viewport.map {
      SavedView.SavedViewport(centerX: $0.centerX, centerY: $0.centerY, scale: $0.scale)
    }
    return view
  }

  /// The section on display, once it has been read.
  var loaded: LoadedSection? {
    if case .loaded(let section) = content { return section }
    return nil
  }

  /// Whether one gene is there and all others are still being read.
  var isPreview: Bool { loaded.map { $0.section.onlyGene != nil } ?? false }

  /// Whether there is an image and nothing measured on it.
  var isImageAlone: Bool { loaded.map { $0.section.spots.isEmpty } ?? false }

  /// The panels drawn now.
  var visiblePanels: [PanelKind] {
    if let maximized, panels.contains(maximized) { return [maximized] }
    return panels
  }

  /// Every ramp on offer: the theme's own first.
  var ramps: [ColorRamp] { (theme.ramp.map { [$0] } ?? []) + ColorRamp.all }
}
