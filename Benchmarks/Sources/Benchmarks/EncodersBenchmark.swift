import Models
import TensorCore

/// Times the full-size encoders, with random weights, and a large matrix product beside them.
///
/// Prints a line a run and encoder: name, milliseconds for all patches, GFLOP, and MB of memory at its
/// highest beyond the weights of both and the patches.
enum EncodersBenchmark: Benchmark {
  static let name = "encoders"
  static let usage = "<patches> <runs>"

  static func run(_ arguments: [String]) throws {
    let numbers = arguments.compactMap { Int($0) }
    guard arguments.count == 2, numbers.count == 2 else {
      throw UsageError(description: "Usage: benchmarks \(name) \(usage)")
    }
    var parameters = Parameters(generator: SeededGenerator(seed: 2))
    let swin = CTransPath(CTransPath.Configuration(), &parameters)
    parameters = Parameters(generator: SeededGenerator(seed: 3))
    let vit = CLIPImageEncoder(CLIPImageEncoder.Configuration(), &parameters)
    let encoders: [(encoder: any TileEncoder, gflop: Double)] = [
      (swin, Arithmetic.gflop(swin.configuration, patches: numbers[0])),
      (vit, Arithmetic.gflop(vit.configuration, patches: numbers[0])),
    ]
    let patches = randomPatches(numbers[0])
    let before = Memory.resident
    // The run before the first counted one wakes threads.
    for run in -1..<numbers[1] {
      let product = bestProduct()
      if run >= 0 { print("sgemm", product.milliseconds, product.gflop, 0) }
      for (encoder, gflop) in encoders {
        Memory.startPeak()
        let time = milliseconds { _ = encoder.features(patches) }
        if run >= 0 {
          let name = type(of: encoder).entry.name
          print(name, time, gflop, Memory.peak - before)
        }
      }
    }
  }

  private static func randomPatches(_ count: Int) -> Tensor {
    var generator = SeededGenerator(seed: 1)
    let size = 3 * 224 * 224
    return Tensor(
      shape: [count, size],
      (0..<count * size).map { _ in Float(generator.nextIndex(below: 256)) })
  }
}

extension Arithmetic {
  /// Of the stem, of each stage's blocks with their attention within windows, and of what merges
  /// patches between stages.
  static func gflop(_ configuration: CTransPath.Configuration, patches: Int) -> Double {
    let width = configuration.width
    let half = configuration.imageSidePixels / 2
    let windowTokens = configuration.window * configuration.window
    var multiplications = half * half * 27 * width / 8
    multiplications += half * half / 4 * (9 * width / 8 * width / 4 + width / 4 * width)
    for (stage, depth) in configuration.depths.enumerated() {
      let (own, tokens) = (width << stage, (half * half / 4) >> (2 * stage))
      let block =
        (4 + 2 * configuration.hiddenRatio) * own * own + 2 * windowTokens * own
      multiplications += depth * tokens * block
      if stage < configuration.depths.count - 1 { multiplications += tokens / 4 * 8 * own * own }
    }
    return gflop(multiplications, spots: patches)
  }

  /// Of the patches' layer, of the blocks, and of the projection.
  static func gflop(_ configuration: CLIPImageEncoder.Configuration, patches: Int) -> Double {
    let (width, side) = (configuration.width, configuration.patchSidePixels)
    let across = configuration.imageSidePixels / side
    let tokens = across * across + 1
    let block = 4 * width * width + 2 * width * configuration.hidden + 2 * tokens * width
    return gflop(
      (tokens - 1) * 3 * side * side * width + configuration.layers * tokens * block
        + width * configuration.features, spots: patches)
  }
}
