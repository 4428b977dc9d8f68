import COpenBLAS
import Models

/// The arithmetic of one forward pass of each architecture, a multiplication and an addition being
/// two.
enum Arithmetic {
  static func gflop(_ configuration: THItoGene.Configuration, spots: Int) -> Double {
    let (width, hidden) = (22 * 64, configuration.graphHidden)
    let joined = configuration.graphHeads * hidden
    let stem = [
      48 * 16 * 28 * 28, 400 * 32 * 24 * 24, 288 * 64 * 22 * 22, 576 * 64 * 20 * 20,
      576 * 128 * 9 * 9, 81 * 128, 16 * 8 * 20 * 64 + 3 * 16 * 20 * 64,
    ].reduce(0, +)
    let graph =
      width * joined + joined * configuration.graphOutput
      + spots * (joined + configuration.graphOutput)
    let head =
      configuration.graphOutput * configuration.headHidden
      + configuration.headHidden * configuration.genes
    let blocks = configuration.layers * block(width: width, hidden: 2048, spots: spots)
    return gflop(stem + blocks + graph + head, spots: spots)
  }

  static func gflop(_ configuration: HisToGene.Configuration, spots: Int) -> Double {
    let width = configuration.width
    let blocks = configuration.layers * block(width: width, hidden: 2 * width, spots: spots)
    return gflop(3 * 112 * 112 * width + blocks + width * configuration.genes, spots: spots)
  }

  static func gflop(_ configuration: Hist2ST.Configuration, spots: Int) -> Double {
    let width = 1024
    let mixer = 256 * 32 * (2 * 25 + 32)
    let stem = 147 * 32 * 256 + configuration.mixers * mixer + 32 * 4 * 256
    let graph = configuration.graphLayers * width * (width + spots)
    // Two levels, and both products of all four gates, that of the first step's zeros too.
    let memory = 2 * configuration.graphLayers * 8 * width * width
    let blocks = configuration.layers * block(width: width, hidden: width, spots: spots)
    return gflop(stem + blocks + graph + memory + width * configuration.genes, spots: spots)
  }

  /// A transition's convolution is counted as it is made, after the mean of 2 × 2 pixels.
  static func gflop(_ configuration: STNet.Configuration, windows: Int) -> Double {
    var (channels, side) = (configuration.firstChannels, configuration.patchSidePixels / 2)
    var sum = 147 * channels * side * side
    side /= 2
    for (block, layers) in configuration.blocks.enumerated() {
      let narrow = configuration.bottleneck * configuration.growth
      for _ in 0..<layers {
        sum += (channels + 9 * configuration.growth) * narrow * side * side
        channels += configuration.growth
      }
      guard block < configuration.blocks.count - 1 else { break }
      side /= 2
      sum += channels * (channels / 2) * side * side
      channels /= 2
    }
    return gflop(sum + channels * configuration.genes, spots: windows)
  }

  /// That of HiST's network for one grid of tiles.
  static func gflop(_ sizes: CMUNet.Sizes, rows: Int, columns: Int) -> Double {
    func pair(_ inputs: Int, _ outputs: Int) -> Int { 9 * outputs * (inputs + outputs) }
    let widths = sizes.widths
    var multiplications = rows * columns * widths[0] * sizes.outputs
    for (level, width) in widths.enumerated() {
      let places = rows * columns >> (2 * level)
      multiplications += places * pair(level == 0 ? sizes.inputs : widths[level - 1], width)
      if level + 1 < widths.count {
        let gate = 22 * width * width
        let up = 9 * widths[level + 1] * width
        multiplications += places * (gate + up + pair(2 * width, width))
      } else {
        let mixer = width * (sizes.mixerSide * sizes.mixerSide + width)
        multiplications += places * sizes.mixers * mixer
      }
    }
    return gflop(multiplications, spots: 1)
  }

  /// Multiplications of a transformer's block for one spot, its 16 heads 64 wide.
  private static func block(width: Int, hidden: Int, spots: Int) -> Int {
    let inner = 16 * 64
    return 4 * width * inner + 2 * width * hidden + 2 * spots * inner
  }

  static func gflop(_ multiplications: Int, spots: Int) -> Double {
    2e-9 * Double(multiplications) * Double(spots)
  }
}

/// The fastest of five products of 1024 by 1024, on all threads.
func bestProduct() -> (milliseconds: Double, gflop: Double) {
  let side = 1024
  let a = [Float](repeating: 0.5, count: side * side)
  var out = a
  let size = Int32(side)
  let times = (0..<5).map { _ in
    milliseconds {
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasNoTrans, size, size, size, 1, a, size, a, size, 0, &out,
        size)
    }
  }
  return (times.min() ?? 0, 2e-9 * Double(side * side * side))
}
