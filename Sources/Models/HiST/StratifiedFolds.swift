import TensorCore

/// Patients in folds of nearly equal size, each with nearly its share of every class.
///
/// The patients of each class are put in an order by chance and dealt to the folds in turn, one class
/// going on where the last one ended. The same seed gives the same folds.
///
/// Source: HiST splits by event in five, seed 22. Departure: the order by chance is not scikit-learn's.
public struct StratifiedFolds: Sendable, Equatable {
  /// The patients of each fold, ascending.
  public let folds: [[Int]]

  /// Deals the patients, whose classes are given, to `count` folds.
  ///
  /// - Throws: when there are fewer than two folds, or fewer patients than folds.
  public init(of classes: [Int], count: Int, seed: Int) throws(ModelError) {
    guard count > 1, classes.count >= count else {
      throw ModelError(
        "\(classes.count) patients cannot be split into \(count) folds. Take 2 folds or more, and as "
          + "many patients.")
    }
    var generator = SeededGenerator(seed: UInt64(bitPattern: Int64(seed)))
    var folds = [[Int]](repeating: [], count: count)
    var next = 0
    for kind in Set(classes).sorted() {
      let members = classes.indices.filter { classes[$0] == kind }
      for place in generator.order(of: members.count) {
        folds[next % count].append(members[place])
        next += 1
      }
    }
    self.folds = folds.map { $0.sorted() }
  }

  /// The patients outside one fold, ascending.
  public func others(of fold: Int) -> [Int] {
    folds.indices.filter { $0 != fold }.flatMap { folds[$0] }.sorted()
  }
}
