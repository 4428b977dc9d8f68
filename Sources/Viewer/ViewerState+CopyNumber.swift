import Drawing
import Foundation
import Sections
import Workbench

/// The screen of copy numbers: what it is to show, and what it has.
struct CopyNumberScreen: Sendable {
  /// Where genes lie, where anybody told.
  var positions: URL?
  /// The groups taken for normal.
  var references: [String] = []
  /// Genes a window; nil for what fits.
  var window: Int?
  /// Whether spots stand together by their clusters, where there are labels too.
  var prefersClusters = false
  /// The method whose prediction is shown; nil for what was observed.
  var method: String?
  /// What was asked for last.
  var asked: CopyNumberQuery?
  /// The last answer, which stays until the next one.
  var map: CopyNumberMap?
  /// Why there is none to what was asked last.
  var problem: String?

  /// Forgets what is of one section.
  mutating func leaveSection() { (asked, map, problem) = (nil, nil, nil) }
}

extension ViewerState {
  /// Tells where genes lie, which spots are normal and how many genes a window has.
  public mutating func useGenePositions(
    _ positions: URL?, references: [String] = [], window: Int? = nil
  ) {
    copyNumber.positions = positions
    if !references.isEmpty { copyNumber.references = references }
    if let window { copyNumber.window = window }
  }

  /// Shows the screen of copy numbers from the start, for frames without keys.
  public mutating func showCopyNumber() { display = .copyNumber }

  /// Which spots stand together on the screen; nil while there are none.
  var copyNumberGroups: Annotation? {
    let labels = loaded?.section.labels
    guard labels == nil || copyNumber.prefersClusters else { return labels }
    guard let view = clusters else { return nil }
    let spots = loaded?.section.spots.indices ?? 0..<0
    let live = view.liveGroups
    return Annotation(
      name: "clusters",
      categories: live.map { group in
        let (letter, name) = (clusterLetter(group), view.groups[group].name)
        return name == letter ? name : "\(letter) \(name)"
      },
      categoryOfSpot: spots.map { view.group(ofSpot: $0).flatMap(live.firstIndex(of:)) })
  }

  /// What to ask for, and of which prediction; what is missing otherwise.
  func copyNumberQuery() -> Result<(query: CopyNumberQuery, prediction: Prediction?), Notice> {
    guard !isImageAlone else { return .failure(Notice("this is an image without spots")) }
    guard let positions = copyNumber.positions else {
      return .failure(
        Notice(
          "Nobody told where genes lie on the chromosomes.",
          hint:
            "Leave with q and start with --gene-positions FILE: a GTF file of Ensembl or GENCODE, "
            + "or a table of gene, chromosome, start, end. gene-positions.tsv beside the sections is "
            + "found by itself."))
    }
    guard let groups = copyNumberGroups else {
      return .failure(
        clusterSets[.observed]?.problem.map { Notice($0, isFailure: true) }
          ?? Notice("computing clusters …"))
    }
    guard !copyNumber.references.isEmpty else {
      return .failure(
        Notice(
          "Copy numbers are seen against normal spots, and nobody told which are.",
          hint: "W takes the next of \(groups.categories.joined(separator: ", ")) for them, as "
            + "--reference \"\(groups.categories.first ?? "A")\" does."))
    }
    var prediction: Prediction?
    if let name = copyNumber.method {
      guard let view = method(named: name) else {
        return .failure(Notice("there is no method '\(name)' here", hint: "2 shows the observed"))
      }
      guard let ready = view.ready else {
        return .failure(notice(about: view, .spots) ?? Notice("waiting for \(name)"))
      }
      guard ready.layout == nil else {
        return .failure(Notice("\(name) says nothing of the spots", hint: "2 shows the observed"))
      }
      prediction = ready.prediction
    }
    let query = CopyNumberQuery(
      positions: positions, groups: groups, references: copyNumber.references,
      window: copyNumber.window, method: copyNumber.method)
    return .success((query, prediction))
  }

  /// Asks for the map that the screen is to show, once.
  mutating func copyNumberEffects() -> [ViewerEffect] {
    guard display == .copyNumber, loaded != nil, !isPreview, !isImageAlone,
      case .success(let wanted) = copyNumberQuery(), wanted.query != copyNumber.asked
    else { return [] }
    copyNumber.asked = wanted.query
    copyNumber.problem = nil
    return [.mapCopyNumber(section: sectionIndex, wanted.query, on: wanted.prediction)]
  }

  /// Takes in a map, unless another has been asked for meanwhile.
  mutating func take(_ map: CopyNumberMap) {
    guard map.query == copyNumber.asked else { return }
    copyNumber.map = map
  }

  mutating func fail(_ query: CopyNumberQuery, _ problem: String) {
    guard query == copyNumber.asked else { return }
    copyNumber.problem = problem
  }

  /// Whether an answer is still to come.
  var awaitsCopyNumber: Bool {
    copyNumber.asked != nil && copyNumber.problem == nil
      && copyNumber.map?.query != copyNumber.asked
  }

  // MARK: Keys

  /// What keys mean on the screen; nil for those that mean what they mean everywhere.
  mutating func takeInCopyNumber(_ key: Key) -> [ViewerEffect]? {
    guard case .character(let character) = key, loaded != nil else { return nil }
    switch character {
    case "2": copyNumber.method = nil
    case "3": copyNumber.prefersClusters = true
    case "4":
      guard loaded?.section.labels != nil else { return nil }
      copyNumber.prefersClusters = false
    case "5", "6", "7", "8", "9":
      guard let index = Command.bound(to: key, [], panelHasFocus: false)?.methodIndex,
        methods.indices.contains(index)
      else { return nil }
      copyNumber.method = methods[index].method.name
    case "w":
      guard !methods.isEmpty else { return nil }
      let all = [nil] + methods.map { Optional($0.method.name) }
      copyNumber.method = all.following(copyNumber.method)
    case "W":
      guard let names = copyNumberGroups?.categories, !names.isEmpty else { return nil }
      copyNumber.references = [names.following(copyNumber.references.first ?? "")]
    case "<", ">": copyNumber.window = nextWindow(larger: character == ">")
    default: return nil
    }
    message = nil
    return []
  }

  private static let windows = [5, 11, 21, 31, 51, 75, 101, 151, 201, 301]

  /// The next window of the list, the last one where there is none.
  private func nextWindow(larger: Bool) -> Int? {
    let now = copyNumber.window ?? copyNumber.map?.window ?? 101
    let next =
      larger
      ? Self.windows.first { $0 > now } : Self.windows.last { $0 < now }
    return next ?? now
  }
}
