import Evaluation
import Sections

/// What tells groups of a section's spots apart.
public enum SpotGrouping: Sendable, Hashable {
  /// The pathologist's labels, or the section's first annotation where there are none.
  case labels
  /// An annotation by its name.
  case annotation(String)
  /// So many clusters of the observed expression, named by their letters.
  case clusters(Int)
}

extension Workbench {
  /// The groups of a section's spots.
  ///
  /// - Throws: where the section has no such groups.
  public func groups(
    of section: LoadedSection, by grouping: SpotGrouping,
    isCancelled: @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> Annotation {
    let (name, annotations) = (section.section.name, section.section.annotations)
    switch grouping {
    case .clusters(let count):
      let result = try clusters(
        of: section,
        ClusterSettings(clusterCount: count, normalization: section.normalization),
        isCancelled: isCancelled)
      return Annotation(
        name: "\(count) clusters", categories: (0..<count).map(clusterLetter),
        categoryOfSpot: result.clusterOfSpot)
    case .labels:
      guard let labels = section.section.labels ?? annotations.first else {
        throw WorkbenchError(
          "Section \(name) has no labels. Ask for clusters instead, with --clusters 4.")
      }
      return labels
    case .annotation(let wanted):
      guard let found = annotations.first(where: { $0.name == wanted }) else {
        let names = annotations.map(\.name)
        throw WorkbenchError(
          "Section \(name) has no annotation \(quoted(wanted))."
            + (names.isEmpty
              ? " Ask for clusters instead, with --clusters 4." : " It has \(names.listed)."))
      }
      return found
    }
  }
}

extension Annotation {
  /// The spots of a category.
  ///
  /// - Throws: where there is no such category, naming the nearest, or none of its spots.
  func spots(of category: String, in section: String) throws(WorkbenchError) -> [Int] {
    guard let index = categories.firstIndex(of: category) else {
      let meant = nearest(to: category, among: categories).map { " Did you mean \(quoted($0))?" }
      throw WorkbenchError(
        "Section \(section) has no spots of \(quoted(category)) among its \(name) groups, which are "
          + "\(categories.listed).\(meant ?? "")")
    }
    let spots = categoryOfSpot.indices.filter { categoryOfSpot[$0] == index }
    guard !spots.isEmpty else {
      throw WorkbenchError("No spot of section \(section) is of \(quoted(category)).")
    }
    return spots
  }
}

extension [String] {
  fileprivate var listed: String {
    let shown = prefix(12).map { quoted($0) }.joined(separator: ", ")
    return count > 12 ? "\(shown) and \(count - 12) more" : shown
  }
}
