import Sections

extension Annotation {
  /// One letter for each category: its own first letter where free, else the next free one.
  public var letters: [String] {
    var taken = Set<String>()
    return categories.map { name in
      let candidates = name.filter(\.isLetter).uppercased() + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
      let letter = candidates.lazy.map(String.init).first { !taken.contains($0) } ?? "?"
      taken.insert(letter)
      return letter
    }
  }
}
