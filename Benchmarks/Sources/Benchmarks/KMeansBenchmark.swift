import Evaluation
import Foundation

/// Times k-means on raw little-endian Float32 rows; `kmeans.py` does the same with scikit-learn.
///
/// Prints a line a run: milliseconds and inertia.
enum KMeansBenchmark: Benchmark {
  static let name = "kmeans"
  static let usage = "<file> <dimensions> <clusters> <restarts> <seed> <runs>"

  static func run(_ arguments: [String]) throws {
    let numbers = arguments.dropFirst().compactMap { Int($0) }
    guard arguments.count == 6, numbers.count == 5 else {
      throw UsageError(description: "Usage: benchmarks \(name) \(usage)")
    }
    let block = try floats(inFile: arguments[0])
    let (dimensions, clusters, restarts) = (numbers[0], numbers[1], numbers[2])
    // The run before the first counted one loads libraries and wakes threads.
    for run in -1..<numbers[4] {
      var inertia = 0.0
      let time = try milliseconds {
        inertia = try KMeans(
          of: block, spots: block.count / dimensions, dimensions: dimensions, clusters: clusters,
          restarts: restarts, seed: UInt64(numbers[3] + max(run, 0))
        ).inertia
      }
      if run >= 0 { print(time, inertia) }
    }
  }

  private static func floats(inFile path: String) throws -> [Float] {
    let bytes = try Data(contentsOf: URL(filePath: path))
    return bytes.withUnsafeBytes { bytes in
      // Safety: only whole numbers of four bytes are loaded, wherever they lie.
      (0..<bytes.count / 4).map {
        Float(
          bitPattern: UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
  }
}
