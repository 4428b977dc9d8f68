import Drawing
import Sections
import Workbench

/// The panel of tumour regions.
extension ViewerState {
  /// Told apart from the categories of any palette.
  private static let otherColor = Color(0x6F6A78)

  func fillTumour(_ content: inout PanelContent) {
    guard let view = tumour else {
      content.notice = Notice("no network for tumour is named: --tumour FILE does")
      return
    }
    guard let map = view.map else {
      content.notice = notice(about: view)
      return
    }
    guard !view.showsMask else {
      fill(
        &content, categories: map.mask.map { $0.map { $0 ? 0 : 1 } },
        colors: tumourLegend.map(\.color), letters: tumourLegend.map(\.letter))
      content.key = .legend(tumourLegend)
      return
    }
    let scale = ColorScale(ramp: ramp, lower: 0, upper: 1)
    content.inks = map.probabilities.map { scale.color(of: $0).map(Ink.color) ?? .role(.missing) }
    (content.key, content.unit) = (.scale(scale), "probability")
  }

  private func notice(about view: TumourView) -> Notice {
    switch view.state {
    case .mapping(let progress):
      Notice(
        progress.map(\.stage) ?? "waiting for its turn", progress: progress?.fraction ?? 0,
        hint: focus == .panel(.tumour) ? "Esc cancels" : nil)
    case .failed(let problem): Notice(problem, hint: "A tries again", isFailure: true)
    case .cancelled: Notice("mapping tumour was cancelled", hint: "A starts it again")
    case .absent, .ready: Notice("tumour has not been mapped yet")
    }
  }

  /// What the mask tells apart, in the colour that the pathologist's first label for tumour has.
  var tumourLegend: [LegendEntry] {
    guard let map = tumour?.map, tumour?.showsMask == true else { return [] }
    let label = loaded?.section.labels?.categories.firstIndex(where: map.categories.contains)
    let counts = map.counts
    return [
      LegendEntry(
        letter: "T", name: "tumour \(counts.tumour.grouped)",
        color: palette.color(of: label ?? 0)),
      LegendEntry(letter: "·", name: "other \(counts.other.grouped)", color: Self.otherColor),
    ]
  }

  /// The panel's name and what else its title says: agreement with the labels first.
  var tumourTitle: (name: String, facts: [String]) {
    guard let map = tumour?.map else { return ("Tumour", []) }
    let counts = map.counts
    var facts =
      map.scores?.facts
      ?? ["\(counts.tumour.grouped) of \((counts.tumour + counts.other).grouped) spots"]
    if map.standing != .patientUnseen { facts.append(map.standing.rawValue) }
    if let spot { facts.append("at spot \(shortNumber(map.probabilities[spot]))") }
    return ("Tumour", facts)
  }

  /// Where the map comes from, for the overlay of origins.
  var tumourLines: [OriginLine] {
    guard let view = tumour else {
      return [OriginLine(text: "There is no network for tumour here.", role: .muted)]
    }
    let file = OriginLine(label: "file", text: view.file.path, role: .muted)
    guard let map = view.map else {
      let notice = notice(about: view)
      return [OriginLine(text: notice.text, role: notice.isFailure ? .failure : .muted), file]
    }
    let isDoubtful = map.standing != .patientUnseen
    var lines = [
      OriginLine(
        text: (isDoubtful ? "! " : "") + map.standing.rawValue,
        role: isDoubtful ? .warning : .success, isHeading: true),
      OriginLine(label: "tumour", text: map.categories.joined(separator: ", ")),
    ]
    lines += (map.origin.facts ?? []).filter { $0.label != "tumour" }
      .map { OriginLine(label: $0.label, text: $0.text) }
    lines += [OriginLine(label: "print", text: map.origin.checkpoint ?? "–", role: .muted), file]
    lines += map.notes.map { OriginLine(label: "note", text: $0, role: .muted) }
    lines += [OriginLine(text: ""), .heading("What the numbers are")]
    lines.append(
      OriginLine(
        text: "How likely each spot is tumour, 0 to 1; in the mask a spot is tumour above one half."
      ))
    guard let scores = map.scores else {
      return lines + [OriginLine(text: "The section has no labels to hold the map against.")]
    }
    lines += TumourScores.explanations.map { OriginLine(text: $0) }
    return lines + [
      OriginLine(
        text:
          "Over \(scores.spots.grouped) spots with a settled label, \(scores.tumour.grouped) of "
          + "them tumour and \(scores.called.grouped) called so.")
    ]
  }
}
