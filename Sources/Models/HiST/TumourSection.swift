import Sections
import TensorCore

/// A section on the grid of tiles, and which of its spots a pathologist called tumour.
public struct TumourSection: Sendable {
  /// The section's name.
  public let name: String
  /// Where its spots lie.
  public let grid: TileGrid
  /// The features of every tile, `[1, features, 80, 64]`.
  public let features: Tensor
  /// Whether each spot is tumour; nil where nobody said.
  public let isTumour: [Bool?]

  /// Takes tumour from a section's labels.
  ///
  /// - Parameters:
  ///   - labels: the categories of the spots, as many as the grid has.
  ///   - tumour: the categories that count as tumour.
  /// - Throws: when the labels have no such category, or no spot is in one.
  public init(
    name: String, grid: TileGrid, features: Tensor, labels: Annotation, tumour: Set<String>
  ) throws(ModelError) {
    precondition(
      labels.categoryOfSpot.count == grid.cells.count,
      "\(labels.categoryOfSpot.count) labels for \(grid.cells.count) spots")
    for wanted in tumour.sorted() where !labels.categories.contains(wanted) {
      let hint = nearest(to: wanted, among: labels.categories).map { " Did you mean '\($0)'?" }
      throw ModelError(
        "Section \(name): the labels have no category \(quoted(wanted)).\(hint ?? "") There are "
          + "\(labels.categories.map { quoted($0) }.joined(separator: ", ")).")
    }
    self.name = name
    self.grid = grid
    self.features = features
    isTumour = labels.categoryOfSpot.map { category in
      category.map { tumour.contains(labels.categories[$0]) }
    }
    guard isTumour.contains(true) else {
      throw ModelError(
        "Section \(name): no spot is labelled "
          + "\(tumour.sorted().map { quoted($0) }.joined(separator: " or ")). Name other "
          + "categories, or leave the section out.")
    }
  }

  /// 1 where a spot is tumour and 0 elsewhere, `[1, 1, 80, 64]`.
  public var mask: Tensor {
    grid.targets(Tensor(shape: [isTumour.count, 1], isTumour.map { $0 == true ? 1 : 0 }))
  }

  /// The spots with a label, as cells, and whether they are tumour.
  var labelled: (cells: [Int], isTumour: [Float]) {
    let known = isTumour.indices.filter { isTumour[$0] != nil }
    return (known.map { grid.cells[$0] }, known.map { isTumour[$0] == true ? 1 : 0 })
  }
}
