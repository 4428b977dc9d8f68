import Drawing
import Foundation
import Sections
import Workbench

/// Which patches drove a prediction: on display, on their way, or not to be had.
struct DriversView: Sendable {
  var request: DriversRequest
  var state: DriversState
}

/// How far an answer to a ``DriversRequest`` is.
public enum DriversState: Sendable {
  /// Asked for; no progress while it waits for its turn.
  case working(PredictionProgress?)
  case failed(String)
  case cancelled
  case done(Drivers)
}

/// The map of what drove the compared method's prediction: asked for by key, never by itself.
extension ViewerState {
  /// What the key would ask now; nil where something is missing.
  var driversRequest: DriversRequest? {
    guard let view = comparedMethod, view.method.network != nil, let spot,
      let gene = genes.selectedName
    else { return nil }
    return DriversRequest(method: view.method, gene: gene, spot: spot, most: driverPatches)
  }

  /// Why nothing can be asked now; nil when it can.
  var reasonAgainstDrivers: String? {
    guard let loaded else { return "no section is open" }
    guard loaded.section.image != nil else { return "section \(loaded.section.name) has no image" }
    guard let view = comparedMethod else {
      return "there is no method: a adds one, as does --model"
    }
    if view.method.network == nil { return view.method.reasonAgainstAsking }
    guard let gene = genes.selected else { return "no gene is chosen" }
    if let ready = view.ready, !ready.predicts(gene: gene) {
      return "\(genes.names[gene]) is not among \(view.method.name)'s genes; h lists those"
    }
    return spot == nil ? "choose a spot first: click it, or use the arrows" : nil
  }

  /// Whether an answer is being waited for.
  var asksForDrivers: Bool {
    if case .working = drivers?.state { return true }
    return false
  }

  /// Shows the panel and asks; asks anew where it is shown and something else is chosen by now, and
  /// hides it where nothing is.
  mutating func askForDrivers() -> [ViewerEffect] {
    let isShown = panels.contains(.drivers)
    guard let request = driversRequest, reasonAgainstDrivers == nil,
      !(isShown && drivers?.request == request)
    else {
      let effects = cancelDrivers()
      toggle(.drivers)
      return effects
    }
    if !isShown { toggle(.drivers) }
    if drivers?.request == request, case .done = drivers?.state, !request.method.isWatched {
      return []
    }
    return ask(request)
  }

  private mutating func ask(_ request: DriversRequest) -> [ViewerEffect] {
    drivers = DriversView(request: request, state: .working(nil))
    return [.explain(section: sectionIndex, request)]
  }

  /// Whether the answer shown is none, and can be asked for again.
  var canRetryDrivers: Bool {
    guard panels.contains(.drivers) else { return false }
    return switch drivers?.state {
    case .failed, .cancelled: true
    default: false
    }
  }

  /// Asks once more for what failed or was cancelled.
  mutating func retryDrivers() -> [ViewerEffect] {
    guard canRetryDrivers, let request = drivers?.request else { return [] }
    return ask(request)
  }

  /// Asks for what a picture shows; there is nobody to press the key.
  mutating func forcedDrivers() -> [ViewerEffect] {
    guard reasonAgainstDrivers == nil, let request = driversRequest else { return [] }
    return ask(request)
  }

  /// Stops what is being found out.
  mutating func cancelDrivers() -> [ViewerEffect] {
    guard asksForDrivers else { return [] }
    drivers?.state = .cancelled
    return [.cancelExplaining]
  }

  /// Takes in an answer, unless something else has been asked meanwhile.
  mutating func take(_ state: DriversState, for request: DriversRequest) {
    guard asksForDrivers, drivers?.request == request else { return }
    drivers?.state = state
  }

  /// What the map is, for those who ask where numbers come from.
  var driversLines: [OriginLine] {
    guard let drivers else {
      return [OriginLine(text: reasonAgainstDrivers ?? "Nothing has been asked yet.", role: .muted)]
    }
    let request = drivers.request
    var lines = [
      OriginLine(label: "method", text: request.method.name),
      OriginLine(label: "gene", text: request.gene),
    ]
    if case .done(let found) = drivers.state {
      lines += [
        OriginLine(label: "spot", text: found.spotName),
        OriginLine(label: "prediction", text: shortNumber(found.prediction)),
        OriginLine(
          label: "patches",
          text: "\(found.tried.count.grouped) of \(found.drops.count.grouped), the nearest, "
            + "\(found.patchPixels) px a side"),
      ]
      lines += found.tried.prefix(8).map {
        OriginLine(label: "at \($0.spot)", text: signed(Float($0.drop)), isAligned: true)
      }
    }
    return lines + [
      OriginLine(text: ""), .heading("What the numbers are"), OriginLine(text: Drivers.explanation),
      OriginLine(
        text: "The scale follows all spots but the one explained, whose own patch is nearly always "
          + "the largest and stands in the title."),
    ]
  }

  // MARK: The panel

  func driversTitle() -> (name: String, facts: [String]) {
    guard let drivers, let loaded else {
      return ("Drivers", [comparedMethod?.method.name, genes.selectedName].compactMap(\.self))
    }
    let request = drivers.request
    let place = "at \(loaded.section.spots[request.spot].id)"
    let name = "Drivers · \(request.method.name) · \(request.gene)"
    guard case .done(let found) = drivers.state else { return (name, [place]) }
    var facts = ["\(shortNumber(found.prediction)) \(place)"]
    if let asked = driversRequest, asked != request { facts.append("x asks anew") }
    if let own = found.drops[request.spot] { facts.append("own patch \(signed(own))") }
    let count = found.tried.count
    facts.append("\(count.grouped) patch\(count == 1 ? "" : "es")")
    return (name, facts)
  }

  /// The title in fewer words.
  var shortDriversNames: [String] {
    drivers.map {
      ["\($0.request.method.name) · \($0.request.gene)", "Drivers · \($0.request.gene)"]
    } ?? []
  }

  /// The drops around zero. The spot's own patch is nearly always the largest and has its number in
  /// the title: the scale follows the others, so that they are told apart.
  func fillDrivers(_ content: inout PanelContent) {
    guard let drivers else {
      let reason = reasonAgainstDrivers ?? "x asks which patches drove the prediction"
      content.notice = Notice(reason, hint: reasonAgainstDrivers == nil ? nil : "then x asks")
      return
    }
    content.target = drivers.request.spot
    switch drivers.state {
    case .working(let progress):
      content.notice = Notice(
        progress?.stage ?? "waiting for its turn", progress: progress?.fraction ?? 0,
        hint: "Esc cancels")
    case .failed(let problem):
      content.notice = Notice(problem, hint: "A tries again", isFailure: true)
    case .cancelled: content.notice = Notice("cancelled", hint: "A starts it again")
    case .done(let found): fill(&content, found)
    }
  }

  private func fill(_ content: inout PanelContent, _ found: Drivers) {
    let own = found.request.spot
    let others = found.drops.indices.compactMap { $0 == own ? nil : found.drops[$0].map(abs) }
    var limit = limits.limits(of: others).upper
    if !(limit > 0) { limit = found.drops[own].map(abs) ?? 0 }
    let scale = ColorScale(ramp: .difference, lower: -limit, upper: limit)
    content.inks = found.drops.map { drop in
      drop.flatMap(scale.color(of:)).map(Ink.color) ?? .role(.missing)
    }
    content.marks = found.drops.map { drop in
      guard let drop, abs(drop) >= limit / 4, limit > 0 else { return nil }
      return drop > 0 ? "+" : "−"
    }
    // Where pictures have no cursor's sign.
    content.marks?[own] = "×"
    content.key = .scale(scale)
    content.unit = "drop, others ± \(limits == .full ? "largest" : "p99")"
    content.shares = limit > 0 ? found.drops.map { $0.map { $0 / limit } ?? .nan } : nil
  }

  private func signed(_ value: Float) -> String {
    value < 0 ? "−\(shortNumber(-value))" : "+\(shortNumber(value))"
  }
}
