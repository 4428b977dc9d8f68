import Sections
import Workbench

/// What a watched run's prediction at one resolution is made of.
struct EpochState: Sendable {
  /// The checkpoint asked for last.
  var asked: FileState?
  /// The one whose prediction is on display.
  var shown: FileState?
  /// The epochs finished in the one on display.
  var number: Int?
  /// Whether a newer prediction is on its way while an older one stays on display.
  var isRenewing = false
  /// Why a newer one could not be made.
  var problem: String?
}

extension MethodView {
  /// The epoch of the prediction at the spots, such as `epoch 12`.
  var epochName: String? { epochs[.spots]?.number.map { "epoch \($0)" } }

  /// Why a newer epoch is not on display.
  var epochProblem: String? {
    Resolution.allCases.lazy.compactMap { epochs[$0]?.problem }.first
  }

  /// Whether an answer at a resolution is waited for.
  func awaits(_ resolution: Resolution) -> Bool {
    self[resolution].isPredicting || epochs[resolution]?.isRenewing == true
  }
}

/// Training runs that are watched: each new epoch takes the place of the one on display once it has
/// been predicted and scored, and not before.
extension ViewerState {
  /// Asks for the newest checkpoint of a run, unless it has been asked for.
  ///
  /// What is being predicted is waited for, however many checkpoints come meanwhile: otherwise a
  /// run that saves faster than it is predicted would never be seen.
  mutating func askForEpoch(_ index: Int, _ resolution: Resolution) -> [ViewerEffect] {
    let view = methods[index]
    guard let newest = runs[view.method.name], !view.awaits(resolution) else { return [] }
    var epoch = view.epochs[resolution] ?? EpochState()
    switch view[resolution] {
    case .absent: methods[index][resolution] = .predicting(nil)
    case .ready where epoch.asked != newest: epoch.isRenewing = true
    case .failed where epoch.asked != newest, .cancelled where epoch.asked != newest:
      methods[index][resolution] = .predicting(nil)
    case .ready, .failed, .cancelled, .predicting: return []
    }
    epoch.asked = newest
    methods[index].epochs[resolution] = epoch
    return [.predict(section: sectionIndex, view.method, resolution)]
  }

  /// Puts an epoch with its scores in the place of the one before.
  mutating func take(
    _ epoch: EpochPrediction, of method: Method, _ resolution: Resolution
  ) -> [ViewerEffect] {
    guard
      let index = methods.firstIndex(where: { $0.method == method && $0.awaits(resolution) }),
      let loaded
    else { return [] }
    let prediction = epoch.prediction
    if let problem = mismatch(prediction, of: method, loaded) {
      fail(method, resolution, problem)
      return []
    }
    // What was said of the epoch that failed is over.
    if message?.text == methods[index].epochs[resolution]?.problem { message = nil }
    methods[index][resolution] = .ready(ReadyPrediction(prediction, on: loaded))
    // The file that was read may be newer than the one asked for, and is then the newest known
    // unless yet another has been seen since.
    if let file = epoch.file, runs[method.name] == methods[index].epochs[resolution]?.asked {
      runs[method.name] = file
    }
    methods[index].epochs[resolution] = EpochState(
      asked: epoch.file, shown: epoch.file, number: epoch.epoch)
    guard resolution == .spots else { return [] }
    methods[index].scores = epoch.scores
    methods[index].scoredUnder = normalization
    refreshAllowedGenes()
    leaveDefaultGene(for: prediction)
    arrange(after: method.name)
    return clusterEffects(only: [.method(method.name)])
  }

  /// Notes why a newer epoch cannot be shown; false where there is no older one on display.
  mutating func failRenewal(_ index: Int, _ resolution: Resolution, _ problem: String) -> Bool {
    guard methods[index].epochs[resolution]?.isRenewing == true else { return false }
    methods[index].epochs[resolution]?.isRenewing = false
    methods[index].epochs[resolution]?.problem = problem
    message = Message(text: problem, kind: .failure)
    return true
  }
}

extension MethodView {
  /// The same view with nothing on its way: what comes next is asked for anew.
  var settled: MethodView {
    var view = self
    for resolution in Resolution.allCases {
      guard view[resolution].ready != nil else {
        view[resolution] = .absent
        view.epochs[resolution] = nil
        continue
      }
      guard var epoch = view.epochs[resolution] else { continue }
      epoch.isRenewing = false
      epoch.asked = epoch.shown
      view.epochs[resolution] = epoch
    }
    return view
  }
}
