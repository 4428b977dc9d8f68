import Curses
import Dispatch
import Drawing
import Foundation
import Images
import Sections
import Synchronization
import Viewer
import Workbench

/// Runs the viewer: the terminal's events and finished work in, effects and frames out.
final class ViewerSession: Sendable {
  private let performer: EffectPerformer
  private let store: ViewStore
  private let folder: URL
  /// The run that is looked at while it is trained.
  private let watched: Method?
  private let inbox = Inbox<ViewerEvent>()
  /// One queue for each kind of work that must not wait for another.
  private let reading = Lane("reading")
  private let picturing = Lane("picturing")
  private let computing = Lane("computing")
  /// One prediction at a time: each takes all processors.
  private let predicting = Lane("predicting")
  private let tables = Lane("tables")
  private let scoring = Lane("scoring")
  private let spreading = Lane("spreading")

  init(dataSet: DataSet, panel: Panel?, store: ViewStore, watching watched: Method? = nil) {
    performer = EffectPerformer(dataSet: dataSet, panel: panel)
    self.store = store
    folder = dataSet.folder
    self.watched = watched
  }

  /// Shows the viewer until the user leaves.
  ///
  /// The first section is being read while the terminal is set up; the first frame waits a moment
  /// for it, so that a small section appears at once and a large one shows that it is coming.
  ///
  /// - Parameter keepsTheme: whether the user asked for the theme by name.
  func run(_ state: ViewerState, depth: ColorDepth?, keepsTheme: Bool) throws {
    var state = state
    let watcher = watch(for: &state)
    defer { watcher?.stop() }
    for effect in state.firstEffects { start(effect) }
    let terminal = try Terminal(depth: depth, theme: state.currentTheme)
    defer { terminal.restore() }
    // Themes of exact colours are lost on sixteen; the theme made of the sixteen is not.
    if !keepsTheme, terminal.depth.colors <= 16 { state.useTheme(named: "terminal") }
    if terminal.depth == .mono { state.useSigns() }
    Trace.mark("terminal ready")
    let firstFrame = ContinuousClock.now + .milliseconds(80)
    var hasDrawn = false
    while true {
      let patience = hasDrawn ? nil : max(.zero, ContinuousClock.now.duration(to: firstFrame))
      let (inputs, messages) = terminal.waitForEvents(and: inbox, timeout: patience)
      var effects: [ViewerEffect] = []
      for input in inputs { effects += state.update(.input(input)) }
      for message in messages { effects += state.update(message) }
      for effect in effects {
        switch effect {
        case .quit: return
        case .suspend: terminal.suspend()
        case .redraw: terminal.redraw()
        case .copy(let text): terminal.copy(text)
        case .remember(let view): store.keep(view, of: folder)
        default: start(effect)
        }
      }
      if !hasDrawn, !state.hasSettled, ContinuousClock.now < firstFrame { continue }
      hasDrawn = true
      if terminal.theme != state.currentTheme { terminal.theme = state.currentTheme }
      let frame = state.frame()
      Trace.mark("frame made")
      terminal.draw(frame.canvas)
      Trace.mark("frame drawn")
    }
  }

  /// Tells the state what a run has saved already, and the inbox what it saves from then on.
  private func watch(for state: inout ViewerState) -> RunWatcher? {
    guard let watched, let file = watched.watchedCheckpoint else { return nil }
    let known = FileState(file)
    // The section is not there yet: nothing can be asked for.
    _ = state.update(.runSaved(watched, known))
    return RunWatcher(file, known: known) { [inbox] in inbox.post(.runSaved(watched, $0)) }
  }

  /// Begins work on its lane; what is asked for again replaces what still waits there.
  private func start(_ effect: ViewerEffect) {
    let (performer, inbox) = (performer, inbox)
    let work: @Sendable (@escaping @Sendable () -> Bool) -> Void = { isCancelled in
      let event = performer.perform(
        effect, report: { if !isCancelled() { inbox.post($0) } }, isCancelled: isCancelled)
      if let event { inbox.post(event) }
    }
    switch effect {
    case .load: reading.run(replacing: "section", work)
    case .export: reading.run(replacing: nil, work)
    case .readImage: picturing.run(replacing: "image", work)
    case .readDetail: picturing.run(replacing: nil, work)
    case .cluster(_, let settings, _):
      spreading.cancel("seeds on \(settings.method ?? "observed")")
      computing.run(replacing: "clusters on \(settings.method ?? "observed")", work)
    case .predict(_, let method, let resolution):
      lane(for: method).run(replacing: "\(resolution.rawValue) of \(method.name)", work)
    case .cancelPrediction(_, let method, let resolution):
      lane(for: method).cancel("\(resolution.rawValue) of \(method.name)")
    case .recluster(_, let settings, _, _):
      spreading.run(replacing: "seeds on \(settings.method ?? "observed")", work)
    case .mapTumour: predicting.run(replacing: "tumour", work)
    case .cancelTumour: predicting.cancel("tumour")
    case .evaluate: predicting.run(replacing: "scores", work)
    case .mapCopyNumber: computing.run(replacing: "copy numbers", work)
    case .explain: predicting.run(replacing: "drivers", work)
    case .cancelExplaining: predicting.cancel("drivers")
    case .cancelEvaluation: predicting.cancel("scores")
    case .score, .computeAttainable: scoring.run(replacing: nil, work)
    default: computing.run(replacing: nil, work)
    }
  }

  /// Tables, which are only read, do not wait until models have predicted.
  private func lane(for method: Method) -> Lane {
    if case .table = method.source { return tables }
    return predicting
  }
}

/// A queue on which newer work can take the place of older work.
private final class Lane: Sendable {
  private let queue: DispatchQueue
  /// How often each kind of work was asked for.
  private let newest = Mutex<[String: Int]>([:])

  init(_ name: String) { queue = DispatchQueue(label: name, qos: .userInitiated) }

  /// - Parameter kind: whatever was asked for under this name before is cancelled; nil cancels
  ///   nothing.
  func run(
    replacing kind: String?, _ work: @escaping @Sendable (@escaping @Sendable () -> Bool) -> Void
  ) {
    let number = kind.map(cancel)
    queue.async {
      let isCancelled: @Sendable () -> Bool = {
        kind.map { kind in self.newest.withLock { $0[kind] } != number } ?? false
      }
      if !isCancelled() { work(isCancelled) }
    }
  }

  /// Cancels what runs or waits under a name; gives the number of what comes next.
  @discardableResult
  func cancel(_ kind: String) -> Int {
    newest.withLock { newest in
      newest[kind, default: 0] += 1
      return newest[kind, default: 0]
    }
  }
}
