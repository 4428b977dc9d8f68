/// One prediction that is to be explained: which gene, where, by which model.
public struct DriversRequest: Sendable, Hashable {
  /// Whose prediction; a checkpoint, or a run that has saved one.
  public var method: Method
  /// The gene's name.
  public var gene: String
  /// The spot, as an index of the section's.
  public var spot: Int
  /// How many spots' patches are tried at most, those nearest to the spot first.
  public var most: Int
  /// Into how many parts along each side the spot's own patch is cut; 0 leaves them out.
  public var parts: Int

  /// 64 patches, which is a spot's neighbourhood of four rings.
  public static let usualMost = 64

  /// Takes all of them.
  public init(
    method: Method, gene: String, spot: Int, most: Int = usualMost, parts: Int = 0
  ) {
    (self.method, self.gene, self.spot) = (method, gene, spot)
    (self.most, self.parts) = (most, parts)
  }
}
