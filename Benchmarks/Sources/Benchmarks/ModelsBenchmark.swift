import COpenBLAS
import Foundation
import Models
import TensorCore

/// Times the full-size models' predictions for one section, with random weights, and a large matrix
/// product beside them; `models.py` does the same with PyTorch.
///
/// Prints a line a run and model: name, milliseconds, GFLOP, and MB of memory at its highest beyond
/// the weights of all models and the section.
enum ModelsBenchmark: Benchmark {
  static let name = "models"
  static let usage = "<spots> <runs>"

  static func run(_ arguments: [String]) throws {
    let numbers = arguments.compactMap { Int($0) }
    guard arguments.count == 2, numbers.count == 2 else {
      throw UsageError(description: "Usage: benchmarks \(name) \(usage)")
    }
    let section = RandomSection(spots: numbers[0])
    let models = [thitogene(section), histogene(section), hist2st(section)]
    let before = Memory.resident
    // The run before the first counted one wakes threads.
    for run in -1..<numbers[1] {
      let product = bestProduct()
      if run >= 0 { print("sgemm", product.milliseconds, product.gflop, 0) }
      for model in models {
        Memory.startPeak()
        let time = milliseconds { model.predict() }
        if run >= 0 { print(model.name, time, model.gflop, Memory.peak - before) }
      }
    }
  }

  /// A model with its input, ready to predict.
  private struct Prepared {
    var name: String
    /// The arithmetic of the architecture, a multiplication and an addition being two.
    var gflop: Double
    var predict: () -> Void
  }

  /// Patches of 0...1, where the authors' are 0...255: with random weights those would drive the
  /// gates of THItoGene's first layer to numbers no processor likes.
  private struct RandomSection {
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
  }

  private static func thitogene(_ section: RandomSection) -> Prepared {
    let configuration = THItoGene.Configuration()
    var parameters = Parameters(generator: SeededGenerator(seed: 2))
    let model = THItoGene(configuration, &parameters)
    let (width, hidden) = (22 * 64, configuration.graphHidden)
    let joined = configuration.graphHeads * hidden
    let stem = [
      48 * 16 * 28 * 28, 400 * 32 * 24 * 24, 288 * 64 * 22 * 22, 576 * 64 * 20 * 20,
      576 * 128 * 9 * 9, 81 * 128, 16 * 8 * 20 * 64 + 3 * 16 * 20 * 64,
    ].reduce(0, +)
    let graph =
      width * joined + joined * configuration.graphOutput
      + section.spots * (joined + configuration.graphOutput)
    let head =
      configuration.graphOutput * configuration.headHidden
      + configuration.headHidden * configuration.genes
    let blocks = configuration.layers * block(width: width, hidden: 2048, spots: section.spots)
    return Prepared(
      name: "THItoGene", gflop: gflop(stem + blocks + graph + head, spots: section.spots)
    ) {
      _ = model(section.patches, x: section.x, y: section.y, adjacency: section.adjacency)
    }
  }

  private static func histogene(_ section: RandomSection) -> Prepared {
    let configuration = HisToGene.Configuration()
    var parameters = Parameters(generator: SeededGenerator(seed: 3))
    let model = HisToGene(configuration, &parameters)
    let width = configuration.width
    let flat = section.patches.reshaped(to: [section.spots, -1])
    let blocks = configuration.layers * block(width: width, hidden: 2 * width, spots: section.spots)
    return Prepared(
      name: "HisToGene",
      gflop: gflop(
        3 * 112 * 112 * width + blocks + width * configuration.genes, spots: section.spots)
    ) {
      _ = model(flat, x: section.x, y: section.y)
    }
  }

  private static func hist2st(_ section: RandomSection) -> Prepared {
    let configuration = Hist2ST.Configuration()
    var parameters = Parameters(generator: SeededGenerator(seed: 4))
    let model = Hist2ST(configuration, &parameters)
    let width = 1024
    let mixer = 256 * 32 * (2 * 25 + 32)
    let stem = 147 * 32 * 256 + configuration.mixers * mixer + 32 * 4 * 256
    let graph = configuration.graphLayers * width * (width + section.spots)
    // Two levels, and both products of all four gates, that of the first step's zeros too.
    let memory = 2 * configuration.graphLayers * 8 * width * width
    let blocks = configuration.layers * block(width: width, hidden: width, spots: section.spots)
    return Prepared(
      name: "Hist2ST",
      gflop: gflop(
        stem + blocks + graph + memory + width * configuration.genes, spots: section.spots)
    ) {
      _ = model(section.patches, x: section.x, y: section.y, adjacency: section.adjacency)
    }
  }

  /// Multiplications of a transformer's block for one spot, its 16 heads 64 wide.
  private static func block(width: Int, hidden: Int, spots: Int) -> Int {
    let inner = 16 * 64
    return 4 * width * inner + 2 * width * hidden + 2 * spots * inner
  }

  private static func gflop(_ multiplications: Int, spots: Int) -> Double {
    2e-9 * Double(multiplications) * Double(spots)
  }

  /// The fastest of five products of 1024 by 1024, on all threads.
  private static func bestProduct() -> (milliseconds: Double, gflop: Double) {
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
}

/// This process's resident memory, in MB, as Linux tells it.
private enum Memory {
  /// What there is now.
  static var resident: Int { field("VmRSS:") }

  /// Forgets the highest so far.
  static func startPeak() {
    try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
  }

  /// The highest since then.
  static var peak: Int { field("VmHWM:") }

  private static func field(_ name: String) -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
    return line.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first.map { $0 / 1024 }
      ?? 0
  }
}
