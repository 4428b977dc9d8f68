import TensorCore

/// Patches of 0...1, where the authors' are 0...255: with random weights those would drive the
/// gates of THItoGene's first layer to numbers no processor likes.
struct RandomSection {
  let spots: Int
  let patches, adjacency: Tensor
  let x, y: [Int]

  init(spots: Int) {
    self.spots = spots
    var generator = SeededGenerator(seed: 1)
    patches = Tensor(
      shape: [spots, 3, 112, 112],
      (0..<spots * 3 * 112 * 112).map { _ in Float(generator.nextUnit()) })
    let side = Int(Double(spots).squareRoot().rounded(.up))
    x = (0..<spots).map { $0 % side }
    y = (0..<spots).map { $0 / side }
    var adjacency = Tensor.zeros([spots, spots])
    for spot in 0..<spots {
      for other in [spot - side, spot - 1, spot + 1, spot + side] where other >= 0 {
        if other < spots { adjacency[spot, other] = 1 }
      }
    }
    self.adjacency = adjacency
  }

  /// Windows as ST-Net reads them, `[count, 3, 224, 224]`.
  static func windows(_ count: Int) -> Tensor {
    var generator = SeededGenerator(seed: 7)
    return Tensor(
      shape: [count, 3, 224, 224],
      (0..<count * 3 * 224 * 224).map { _ in Float(generator.nextIndex(below: 256)) })
  }

  /// What a model is to learn, `[spots, genes]`, 0...1.
  func expression(genes: Int) -> Tensor {
    var generator = SeededGenerator(seed: 5)
    return Tensor(
      shape: [spots, genes], (0..<spots * genes).map { _ in Float(generator.nextUnit()) })
  }

  /// Whole numbers below 4, `[spots, genes]`, two in five of them zeros.
  func counts(genes: Int) -> Tensor {
    var generator = SeededGenerator(seed: 6)
    return Tensor(
      shape: [spots, genes],
      (0..<spots * genes).map { _ in Float(max(generator.nextIndex(below: 5) - 1, 0)) })
  }
}
