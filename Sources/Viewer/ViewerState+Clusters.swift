import Sections
import Workbench

/// Clusters of one source, on display or on their way.
struct ClusterSet: Sendable {
  var view: ClusterView?
  var isRunning = false
  /// Why there are none, when making them failed.
  var problem: String?
  /// The same clusters with each of a few seeds, once they have been made.
  var seeds: [ClusterResult] = []
}

extension ViewerState {
  /// The clusters of the observed expression.
  var clusters: ClusterView? { clusterSets[.observed]?.view }

  /// Whose clusters the keys change and export: those of the panel with the focus, else the first
  /// shown.
  var activeSource: ClusterSource {
    focusedPanel?.clusterSource ?? visiblePanels.lazy.compactMap(\.clusterSource).first
      ?? .observed
  }

  /// The clusters that keys change and export.
  var activeClusters: ClusterView? {
    get { clusterSets[activeSource]?.view }
    set { clusterSets[activeSource, default: ClusterSet()].view = newValue }
  }

  /// The group of clusters at the chosen spot.
  var groupAtSpot: Int? { spot.flatMap { activeClusters?.group(ofSpot: $0) } }

  /// How the clusters of a source are made.
  func clusterSettings(of source: ClusterSource) -> ClusterSettings {
    guard case .method(let name) = source else {
      return ClusterSettings(clusterCount: clusterCount, normalization: normalization)
    }
    // A prediction is clustered as it is: the normalization chosen has no part in it.
    let own = method(named: name)?.ready?.prediction.normalization
    return ClusterSettings(
      clusterCount: clusterCount, normalization: own ?? .released, method: name)
  }

  /// Asks for all clusters anew; the old ones stay on display until the answer comes.
  mutating func recluster() -> [ViewerEffect] {
    let shown = panels.compactMap(\.clusterSource).filter { $0 != .observed }
    return clusterEffects(only: Set([.observed] + shown))
  }

  /// Asks for the clusters of some sources, those of methods as soon as their prediction is there
  /// and as long as a panel shows them.
  mutating func clusterEffects(only sources: Set<ClusterSource>) -> [ViewerEffect] {
    guard loaded != nil, !isImageAlone else { return [] }
    var effects: [ViewerEffect] = []
    // The observed ones first: the others are numbered like them.
    if sources.contains(.observed) {
      clusterSets[.observed, default: ClusterSet()].isRunning = true
      clusterSets[.observed]?.problem = nil
      effects.append(.cluster(section: sectionIndex, clusterSettings(of: .observed), on: nil))
    }
    for view in methods {
      let source = ClusterSource.method(view.method.name)
      guard sources.contains(source), let ready = view.ready,
        panels.contains(.methodClusters(view.method.name))
      else { continue }
      clusterSets[source, default: ClusterSet()].isRunning = true
      clusterSets[source]?.problem = nil
      effects.append(
        .cluster(section: sectionIndex, clusterSettings(of: source), on: ready.prediction))
    }
    return effects
  }

  /// Takes in clusters, unless others have been asked for meanwhile.
  mutating func take(_ result: ClusterResult) -> Bool {
    let source = result.settings.method.map(ClusterSource.method) ?? .observed
    guard result.settings == clusterSettings(of: source) else { return false }
    let labels = loaded?.section.labels
    if source == .observed {
      clusterSets[source] = ClusterSet(view: ClusterView(result, labels: labels))
      // Those that came first take their numbers and colours from these.
      let observed = clusters
      for (other, set) in clusterSets where other != .observed {
        guard let view = set.view, !view.canUndo else { continue }
        clusterSets[other]?.view = ClusterView(view.result, labels: labels, like: observed)
      }
    } else {
      clusterSets[source] = ClusterSet(
        view: ClusterView(result, labels: labels, like: clusters))
    }
    return true
  }

  /// The seeds that tell how far clusters depend on chance.
  static let clusterSeeds: [UInt64] = [0, 1, 2, 3, 4]

  /// Asks for clusters with other seeds, where there is something to hold them against.
  func spreadEffects(after result: ClusterResult) -> [ViewerEffect] {
    let source = result.settings.method.map(ClusterSource.method) ?? .observed
    guard clusterSets[source]?.view?.agreement != nil else { return [] }
    let prediction = source.method.flatMap { method(named: $0)?.ready?.prediction }
    return [
      .recluster(
        section: sectionIndex, result.settings, seeds: Self.clusterSeeds, on: prediction)
    ]
  }

  /// Takes in clusters with other seeds, unless others are on display by now.
  mutating func take(_ results: [ClusterResult], of settings: ClusterSettings) {
    let source = settings.method.map(ClusterSource.method) ?? .observed
    guard let view = clusterSets[source]?.view, view.result.settings == settings else { return }
    clusterSets[source]?.seeds = results
  }

  mutating func fail(_ settings: ClusterSettings, _ problem: String) -> Bool {
    let source = settings.method.map(ClusterSource.method) ?? .observed
    guard settings == clusterSettings(of: source) else { return false }
    // Those of another k would pass for what was asked for.
    clusterSets[source] = ClusterSet(problem: problem)
    message = Message(text: problem, kind: .failure)
    return true
  }
}
