import Foundation
import Images
import Models
import Sections

/// Which patches drove a model's prediction of one gene at one spot: by how much it falls when each
/// of them is white.
///
/// Values are in the unit of the prediction. Above 0 the patch raised the prediction, below 0 it held
/// it down. See ``Occlusion``.
public struct Drivers: Sendable, Hashable {
  /// A spot whose patch was tried.
  public struct Tried: Sendable, Hashable, Encodable {
    /// The spot's name.
    public let spot: String
    /// How far it is from the spot explained, in distances between neighbouring spots.
    public let distance: Double
    /// By how much the prediction falls when its patch is white.
    public let drop: Double
  }

  /// What was asked.
  public let request: DriversRequest
  /// The section's name.
  public let section: String
  /// The name of the spot explained.
  public let spotName: String
  /// What the model predicts there.
  public let prediction: Float
  /// For each spot of the section the drop; nil where it was not tried.
  public let drops: [Float?]
  /// The side of each patch that was made white, in pixels of the image.
  public let patchPixels: Int
  /// What becomes of the prediction when parts of the spot's own patch are white; nil where that was
  /// not asked.
  public let parts: PatchAttribution?
  /// The spots tried, those of the largest drops, of either sign, first.
  public let tried: [Tried]

  /// Puts together what was found.
  ///
  /// - Parameter drops: one for each spot of the section.
  public init(
    _ request: DriversRequest, of section: LoadedSection, prediction: Float, drops: [Float?],
    patchPixels: Int, parts: PatchAttribution? = nil
  ) {
    (self.request, self.prediction, self.drops) = (request, prediction, drops)
    (self.patchPixels, self.parts) = (patchPixels, parts)
    self.section = section.section.name
    let (spots, layout) = (section.section.spots, section.layout)
    spotName = spots[request.spot].id
    let centre = spots[request.spot]
    let all = drops.enumerated().compactMap { spot, drop -> (index: Int, tried: Tried)? in
      guard let drop else { return nil }
      let (x, y) = (spots[spot].x - centre.x, spots[spot].y - centre.y)
      let distance = (x * x + y * y).squareRoot() / max(layout.pitch, 1)
      return (spot, Tried(spot: spots[spot].id, distance: distance, drop: Double(drop)))
    }
    tried = all.sorted { (abs($1.tried.drop), $0.index) < (abs($0.tried.drop), $1.index) }
      .map(\.tried)
  }

  /// How the numbers came about, in a sentence.
  public static let explanation =
    "Each patch is made white by itself and the model asked again: the drop is the prediction less "
    + "what it is then, in the prediction's unit. Above 0 the patch raised it, below 0 it held it "
    + "down. What the model makes of neighbours and of the whole section is part of the answer."

  // MARK: Forms

  /// The strongest spots as a table, and the parts of the spot's own patch as a grid.
  ///
  /// - Parameters:
  ///   - count: rows of the table at most.
  ///   - explains: whether what the numbers are is said below.
  public func text(count: Int, explains: Bool = true) -> String {
    let title =
      "\(request.method.name) predicts \(Optional(Double(prediction)).text()) of \(request.gene) at "
      + "\(spotName) of \(section); \(tried.count.grouped) patches of \(patchPixels) px were made white"
    var table = TextTable(["spot", "distance", "drop", "of the prediction"], words: 1)
    for row in tried.prefix(count) {
      table.add([
        row.spot, Optional(row.distance).text(1), Optional(row.drop).text(4), share(of: row.drop),
      ])
    }
    var blocks = [[title] + table.lines]
    if let parts { blocks.append(lines(of: parts)) }
    if explains { blocks.append(Self.explanation.wrapped(to: 96)) }
    return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private func share(of drop: Double) -> String {
    guard prediction != 0 else { return "–" }
    // Rounded first, so that no zero has a sign.
    return String(format: "%.0f %%", (drop / abs(Double(prediction)) * 100).rounded() + 0)
  }

  private func lines(of parts: PatchAttribution) -> [String] {
    let rows = (0..<parts.side).map { row in
      (0..<parts.side).map { column in
        Optional(Double(parts.drops[row * parts.side + column])).text(4)
          .fitted(to: 10, alignedRight: true)
      }.joined()
    }
    return [
      "Drops by parts of the patch at \(spotName), \(parts.side) × \(parts.side) as they lie"
    ] + rows
  }

  /// A row a spot that was tried: its name, its distance and its drop, with tabs between.
  public var table: String {
    let rows = tried.map { row in
      [row.spot.withoutTabs, "\(Float(row.distance))", "\(Float(row.drop))"]
        .joined(separator: "\t")
    }
    return (["spot\tdistance\tdrop"] + rows).joined(separator: "\n") + "\n"
  }
}

extension Drivers: Encodable {
  private enum CodingKeys: CodingKey {
    case section, method, gene, spot, prediction, patchPixels, spots, parts
  }

  /// Writes what was asked, the prediction, and the spots tried, the strongest first.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(section, forKey: .section)
    try values.encode(request.method.name, forKey: .method)
    try values.encode(request.gene, forKey: .gene)
    try values.encode(spotName, forKey: .spot)
    try values.encode(prediction, forKey: .prediction)
    try values.encode(patchPixels, forKey: .patchPixels)
    try values.encode(tried, forKey: .spots)
    try values.encodeIfPresent(parts.map(\.rows), forKey: .parts)
  }
}

extension PatchAttribution {
  /// The drops row by row.
  fileprivate var rows: [[Float]] {
    (0..<side).map { Array(drops[$0 * side..<($0 + 1) * side]) }
  }
}
