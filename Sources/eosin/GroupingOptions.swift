import ArgumentParser
import Workbench

/// Which groups of spots are compared: the same options for every command that compares some.
struct GroupingOptions: ParsableArguments {
  @Option(
    name: [.customShort("k"), .long],
    help: "Make so many clusters of the observed expression, A, B, …, and take them for groups.")
  var clusters: Int?

  @Option(help: "The annotation whose groups are taken; the pathologist's labels by default.")
  var annotation: String?

  func validate() throws {
    if let clusters, !(2...26).contains(clusters) {
      throw ValidationError("--clusters takes a number from 2 to 26.")
    }
    if clusters != nil, annotation != nil {
      throw ValidationError("Give either --clusters or --annotation, not both.")
    }
  }

  var grouping: SpotGrouping {
    if let clusters { return .clusters(clusters) }
    return annotation.map { .annotation($0) } ?? .labels
  }
}
