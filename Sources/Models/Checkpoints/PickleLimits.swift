/// What a pickle may make at most: its file is small where what it says to build is not.
struct PickleLimits {
  private static let mostValues = 4_000_000
  private static let mostLevels = 256

  private var valuesMade = 0
  /// For each object, in the order they are made, how many levels of others it holds.
  private var depths: [Int] = []

  /// Counts what takes memory or time, whether the file spells it out or repeats it by a name.
  mutating func charge(_ values: Int) throws(PickleError) {
    valuesMade += values
    guard valuesMade <= Self.mostValues else {
      throw PickleError(
        problem: "holds more than \(Self.mostValues) values, far more than a checkpoint needs. "
          + "Save the state_dict alone.")
    }
  }

  /// Takes in the next object.
  mutating func add(over parts: [Pickle.Value]) throws(PickleError) {
    depths.append(0)
    try deepen(depths.count - 1, over: parts)
  }

  /// Notes that an object holds others; what is filled after its holder counts as it was then.
  mutating func deepen(_ place: Int, over parts: [Pickle.Value]) throws(PickleError) {
    try charge(parts.count)
    for case .object(let part) in parts where depths[part] >= depths[place] {
      depths[place] = depths[part] + 1
    }
    guard depths[place] < Self.mostLevels else {
      throw PickleError(
        problem: "nests values deeper than \(Self.mostLevels) levels, which no checkpoint does. "
          + "Do not trust it.")
    }
  }
}
