/// Which spots count as neighbours of each spot, and with what weight.
///
/// Weights are `wᵢⱼ = 1` for each listed neighbour j of spot i, or with `rowStandardized`
/// `wᵢⱼ = 1 / (neighbours of i)`. Lists need not be symmetric; a neighbour listed twice counts
/// twice.
public struct NeighbourWeights: Sendable, Hashable {
  /// Spots, with or without neighbours.
  public let spotCount: Int
  /// Places in each spot's row of `neighbours`.
  public let placesPerSpot: Int
  /// `[spotCount, placesPerSpot]` indices of spots, row by row; −1 stands for none.
  public let neighbours: [Int32]
  /// Whether each spot's weights add up to 1.
  public let rowStandardized: Bool
  /// The weight of every neighbour of a spot; 0 for a spot without neighbours.
  let weightOfRow: [Double]
  /// `Σⱼ wᵢⱼ + Σⱼ wⱼᵢ` of each spot.
  let weightThroughSpot: [Double]
  /// `Σᵢⱼ wᵢⱼ`.
  let total: Double

  /// Takes the neighbours of each spot, `placesPerSpot` entries a spot, −1 for none.
  public init(neighbours: [Int32], placesPerSpot: Int, rowStandardized: Bool = false) {
    precondition(
      placesPerSpot > 0 && neighbours.count % placesPerSpot == 0,
      "\(neighbours.count) neighbours are no rows of \(placesPerSpot)")
    let spotCount = neighbours.count / placesPerSpot
    var weightOfRow = [Double](repeating: 0, count: spotCount)
    var throughSpot = [Double](repeating: 0, count: spotCount)
    var total = 0.0
    for spot in 0..<spotCount {
      let row = neighbours[spot * placesPerSpot..<(spot + 1) * placesPerSpot]
      let degree = row.count { $0 >= 0 }
      guard degree > 0 else { continue }
      weightOfRow[spot] = rowStandardized ? 1 / Double(degree) : 1
      throughSpot[spot] += weightOfRow[spot] * Double(degree)
      total += weightOfRow[spot] * Double(degree)
      for neighbour in row where neighbour >= 0 {
        precondition(neighbour < spotCount, "neighbour \(neighbour) of \(spotCount) spots")
        throughSpot[Int(neighbour)] += weightOfRow[spot]
      }
    }
    self.spotCount = spotCount
    self.placesPerSpot = placesPerSpot
    self.neighbours = neighbours
    self.rowStandardized = rowStandardized
    self.weightOfRow = weightOfRow
    weightThroughSpot = throughSpot
    self.total = total
  }
}
