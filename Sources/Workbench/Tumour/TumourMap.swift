import Foundation
import Sections

/// How likely each spot of a section is tumour, as a network sees it.
public struct TumourMap: Sendable, Hashable {
  /// The probability above which a spot is called tumour.
  public static let threshold: Float = 0.5

  /// The labels that the network learned as tumour.
  public let categories: [String]
  /// Each spot's probability, 0...1; NaN where the spot is not on the image.
  public let probabilities: [Float]
  /// Agreement with the section's labels; nil where there are none to compare with.
  public let scores: TumourScores?
  /// Where the network comes from.
  public let origin: PredictionOrigin
  /// What the network knew of the section.
  public let standing: Standing
  /// What was left out, one plain sentence each.
  public let notes: [String]

  /// Takes what a network says of a section's spots.
  public init(
    _ probabilities: [Float], of section: Section, categories: [String], origin: PredictionOrigin,
    notes: [String] = []
  ) {
    precondition(
      probabilities.count == section.spots.count,
      "\(probabilities.count) probabilities for \(section.spots.count) spots")
    (self.categories, self.probabilities) = (categories, probabilities)
    (self.origin, self.notes) = (origin, notes)
    standing = origin.standing(ofSection: section.name, patient: section.patient)
    scores = TumourScores(of: probabilities, labels: section.labels, categories: categories)
  }

  /// Whether each spot is called tumour; nil where nothing was predicted.
  public var mask: [Bool?] { probabilities.map { $0.isNaN ? nil : $0 > Self.threshold } }

  /// How many spots are called tumour, and how many are not.
  public var counts: (tumour: Int, other: Int) {
    let mask = mask
    return (mask.count { $0 == true }, mask.count { $0 == false })
  }
}

extension TumourMap {
  /// A table of maps, a spot a line: section, spot, probability in six digits behind the point, and 1 or
  /// 0 for the mask; both empty where nothing was predicted.
  public static func table(_ maps: [(section: Section, map: TumourMap)]) -> String {
    var lines = ["section\tspot\tprobability\tmask"]
    for (section, map) in maps {
      for (spot, (probability, isTumour)) in zip(
        section.spots, zip(map.probabilities, map.mask))
      {
        let number = isTumour == nil ? "" : String(format: "%.6f", probability)
        let mask = isTumour.map { $0 ? "1" : "0" } ?? ""
        lines.append("\(section.name)\t\(spot.id)\t\(number)\t\(mask)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
