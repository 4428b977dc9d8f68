import Models
import TensorCore

/// Times the full-size models' predictions for one section, and ST-Net's for a batch of 32 windows as
/// they are, with random weights, and a large matrix
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
    let models = [
      thitogene(section), histogene(section), hist2st(section), stnet(section), hist(),
    ]
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

  private static func thitogene(_ section: RandomSection) -> Prepared {
    var parameters = Parameters(generator: SeededGenerator(seed: 2))
    let model = THItoGene(THItoGene.Configuration(), &parameters)
    return Prepared(
      name: "THItoGene",
      gflop: Arithmetic.gflop(model.configuration, spots: section.spots)
    ) {
      _ = model(section.patches, x: section.x, y: section.y, adjacency: section.adjacency)
    }
  }

  private static func histogene(_ section: RandomSection) -> Prepared {
    var parameters = Parameters(generator: SeededGenerator(seed: 3))
    let model = HisToGene(HisToGene.Configuration(), &parameters)
    let flat = section.patches.reshaped(to: [section.spots, -1])
    return Prepared(
      name: "HisToGene",
      gflop: Arithmetic.gflop(model.configuration, spots: section.spots)
    ) {
      _ = model(flat, x: section.x, y: section.y)
    }
  }

  /// HiST's network by itself, on the features of one grid of tiles.
  private static func hist() -> Prepared {
    var parameters = Parameters(generator: SeededGenerator(seed: 5))
    let network = CMUNet(CMUNet.Sizes(), &parameters)
    let (rows, columns) = (TileGrid.rows, TileGrid.columns)
    var generator = SeededGenerator(seed: 6)
    let count = network.sizes.inputs * rows * columns
    let features = Tensor(
      shape: [1, network.sizes.inputs, rows, columns],
      (0..<count).map { _ in Float(generator.nextUnit()) })
    return Prepared(
      name: "HiST", gflop: Arithmetic.gflop(network.sizes, rows: rows, columns: columns)
    ) {
      _ = network(features)
    }
  }

  private static func hist2st(_ section: RandomSection) -> Prepared {
    var parameters = Parameters(generator: SeededGenerator(seed: 4))
    let model = Hist2ST(Hist2ST.Configuration(), &parameters)
    return Prepared(
      name: "Hist2ST", gflop: Arithmetic.gflop(model.configuration, spots: section.spots)
    ) {
      _ = model(section.patches, x: section.x, y: section.y, adjacency: section.adjacency)
    }
  }
  private static func stnet(_ section: RandomSection) -> Prepared {
    var parameters = Parameters(generator: SeededGenerator(seed: 5))
    let model = STNet(STNet.Configuration(), &parameters)
    let windows = RandomSection.windows(min(section.spots, 32))
    return Prepared(
      name: "STNet", gflop: Arithmetic.gflop(model.configuration, windows: windows.shape[0])
    ) {
      _ = model(windows)
    }
  }
}
