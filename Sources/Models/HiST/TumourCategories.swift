import Sections

/// Which of a pathologist's labels count as tumour.
public struct TumourCategories: Sendable, Hashable {
  /// The labels, in alphabetical order; at least one.
  public let names: [String]

  /// Takes them from the labels of some sections.
  ///
  /// - Parameters:
  ///   - wanted: the labels that count; where there is none, all whose name says that they are tumour.
  ///   - labels: those of all sections: a label that some of them have is enough.
  /// - Throws: for a label that none of the sections has, and where no name says tumour.
  public init(_ wanted: [String], in labels: [Annotation]) throws(ModelError) {
    let known = Set(labels.flatMap(\.categories)).sorted()
    let list = known.map { quoted($0) }.joined(separator: ", ")
    guard !wanted.isEmpty else {
      names = known.filter(Self.saysTumour)
      guard !names.isEmpty else {
        throw ModelError(
          "None of the labels says tumour: there are \(list). Name those that do with --tumour.")
      }
      return
    }
    for name in wanted where !known.contains(name) {
      let hint = nearest(to: name, among: known).map { " Did you mean '\($0)'?" } ?? ""
      throw ModelError("No section has a label \(quoted(name)).\(hint) There are \(list).")
    }
    names = Set(wanted).sorted()
  }

  /// Whether a label's name says that the tissue is tumour: it has a word
  /// for it, as `invasive cancer`, and none that takes it back, as `tumour stroma`.
  public static func saysTumour(_ label: String) -> Bool {
    let words = label.lowercased().split { !$0.isLetter }
    func any(_ stems: [String]) -> Bool {
      words.contains { word in stems.contains { word.contains($0) } }
    }
    return any(["cancer", "carcinoma", "tumour", "tumor", "malignan", "dcis", "neoplas"])
      && !any(["stroma", "normal", "adjacent", "benign", "immune", "necro", "noncancer", "nontumo"])
      && !words.contains { ["no", "not", "non", "free", "without"].contains($0) }
  }
}
