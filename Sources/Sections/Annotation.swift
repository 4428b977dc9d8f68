/// Named categories of a section's spots: the pathologist's labels, or clusters.
public struct Annotation: Sendable, Hashable {
  /// What the categories are, such as `pathologist`.
  public var name: String
  /// The categories' names, in the order of their indices.
  public var categories: [String]
  /// For each spot the index of its category, or nil where the spot has none.
  public var categoryOfSpot: [Int?]

  /// Takes an index into `categories`, or nil, for each spot.
  public init(name: String, categories: [String], categoryOfSpot: [Int?]) {
    self.name = name
    self.categories = categories
    self.categoryOfSpot = categoryOfSpot
  }

  /// Collects categories in alphabetical order from one name, or none, for each spot.
  public init(name: String, labels: [String?]) {
    let categories = Set(labels.compactMap(\.self)).sorted()
    let index = Dictionary(uniqueKeysWithValues: zip(categories, categories.indices))
    self.init(
      name: name, categories: categories,
      categoryOfSpot: labels.map { $0.flatMap { index[$0] } })
  }

  /// The category's name at a spot, or nil where the spot has none.
  public func label(ofSpot spot: Int) -> String? {
    categoryOfSpot[spot].map { categories[$0] }
  }
}
