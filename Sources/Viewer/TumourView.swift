import Foundation
import Workbench

/// The tumour regions of the section on display: how far they are, and how they are drawn.
struct TumourView: Sendable {
  /// How far the map is.
  enum State: Sendable {
    /// Nobody has asked for it.
    case absent
    /// Asked for; no progress while it waits for its turn.
    case mapping(PredictionProgress?)
    case ready(TumourMap)
    case failed(String)
    case cancelled
  }

  /// The network's file.
  let file: URL
  var state = State.absent
  /// Whether spots are drawn as tumour or not, in place of probabilities.
  var showsMask = false
  /// The maps of sections left, by the section's index: a number a spot each.
  private var kept: [Int: TumourMap] = [:]

  init(_ file: URL) { self.file = file }

  /// The map, once it is there.
  var map: TumourMap? {
    if case .ready(let map) = state { return map }
    return nil
  }

  /// Whether it is on its way.
  var isMapping: Bool {
    if case .mapping = state { return true }
    return false
  }

  /// Whether it can be asked for once more.
  var canRetry: Bool {
    switch state {
    case .failed, .cancelled: true
    default: false
    }
  }

  /// Asks for it once more where it failed or was cancelled.
  mutating func retry() { if canRetry { state = .absent } }

  /// Keeps the map of a section that is left.
  mutating func leave(section: Int) {
    if let map { kept[section] = map }
    state = .absent
  }

  /// Takes up what is kept of a section.
  mutating func enter(section: Int) {
    if let map = kept[section] { state = .ready(map) }
  }

  /// Forgets the map of a section whose spots lie elsewhere now.
  mutating func forget(section: Int) { kept[section] = nil }
}

extension ViewerState {
  /// Asks for the map where a panel shows it and nobody asked yet.
  mutating func tumourEffects() -> [ViewerEffect] {
    guard loaded != nil, !isImageAlone, panels.contains(.tumour), let file = tumour?.file,
      case .absent? = tumour?.state
    else { return [] }
    tumour?.state = .mapping(nil)
    return [.mapTumour(section: sectionIndex, file)]
  }

  mutating func take(mapping progress: PredictionProgress) {
    if tumour?.isMapping == true { tumour?.state = .mapping(progress) }
  }

  mutating func take(_ map: TumourMap) {
    guard tumour?.isMapping == true, map.probabilities.count == loaded?.section.spots.count else {
      return
    }
    tumour?.state = .ready(map)
  }

  mutating func failTumour(_ problem: String) {
    if tumour?.isMapping == true { tumour?.state = .failed(problem) }
  }

  /// Stops the mapping that the user no longer waits for.
  mutating func cancelTumour() -> [ViewerEffect] {
    guard tumour?.isMapping == true else { return [] }
    tumour?.state = .cancelled
    message = Message(text: "Tumour: cancelled; A starts it again", kind: .note)
    return [.cancelTumour(section: sectionIndex)]
  }

  /// Leaves the section: what is being mapped is stopped, what is there is kept.
  mutating func leaveTumour() -> [ViewerEffect] {
    let effects: [ViewerEffect] =
      tumour?.isMapping == true ? [.cancelTumour(section: sectionIndex)] : []
    tumour?.leave(section: sectionIndex)
    return effects
  }
}
