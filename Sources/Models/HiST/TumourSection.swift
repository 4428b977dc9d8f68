import Sections
import TensorCore

/// A section on the grid of tiles, and which of its spots a pathologist called tumour.
public struct TumourSection: Sendable {
  /// The section's name.
  public let name: String
  /// Where its spots lie.
  public private(set) var grid: TileGrid
  /// The features of the spots' tiles and, in the last row, of a white one: `[spots + 1, features]`.
  public let tiles: Tensor
  /// Whether each spot is tumour; nil where nobody said.
  public let isTumour: [Bool?]

  /// Takes tumour from a section's labels.
  ///
  /// - Parameters:
  ///   - labels: the categories of the spots, as many as the grid has.
  ///   - tumour: the categories that count as tumour; a section need not have them.
  /// - Throws: when no spot has a label.
  public init(
    name: String, grid: TileGrid, tiles: Tensor, labels: Annotation, tumour: Set<String>
  ) throws(ModelError) {
    precondition(
      labels.categoryOfSpot.count == grid.cells.count,
      "\(labels.categoryOfSpot.count) labels for \(grid.cells.count) spots")
    (self.name, self.grid, self.tiles) = (name, grid, tiles)
    isTumour = labels.categoryOfSpot.map { category in
      category.map { tumour.contains(labels.categories[$0]) }
    }
    guard isTumour.contains(where: { $0 != nil }) else {
      throw ModelError(
        "Section \(name): no spot has a label to learn from. Leave the section out.")
    }
  }

  /// The features of every cell, `[1, features, 80, 64]`.
  public var features: Tensor { grid.features(tiles) }

  /// 1 where a spot is tumour and 0 elsewhere, `[1, 1, 80, 64]`.
  public var mask: Tensor {
    grid.targets(Tensor(shape: [isTumour.count, 1], isTumour.map { $0 == true ? 1 : 0 }))
  }

  /// The spots with a label, as cells, and whether they are tumour.
  var labelled: (cells: [Int], isTumour: [Float]) {
    let known = isTumour.indices.filter { isTumour[$0] != nil }
    return (known.map { grid.cells[$0] }, known.map { isTumour[$0] == true ? 1 : 0 })
  }

  /// The same section with its array laid on the grid in another way by chance.
  func varied(using generator: inout SeededGenerator) -> TumourSection {
    var copy = self
    copy.grid = grid.varied(using: &generator)
    return copy
  }
}
