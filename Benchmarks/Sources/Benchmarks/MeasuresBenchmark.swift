import Evaluation
import Foundation

/// Times the measures of expression on the files that `measures.py make` writes.
///
/// Prints a line a run: milliseconds and the sum of every sixteenth gene's results, so that
/// `measures.py` can tell whether both found the same.
enum MeasuresBenchmark: Benchmark {
  static let name = "measures"
  static let usage = "moran|geary|pearson|correlations|bootstrap|bootstrap-loop <folder> <runs>"

  static func run(_ arguments: [String]) throws {
    guard arguments.count == 3, let runs = Int(arguments[2]),
      let work = try work(arguments[0], URL(filePath: arguments[1]))
    else { throw UsageError(description: "Usage: benchmarks \(name) \(usage)") }
    // The run before the first counted one loads libraries and wakes threads.
    for run in -1..<runs {
      var sum = 0.0
      let time = milliseconds { sum = work() }
      if run >= 0 { print(time, sum) }
    }
  }

  private static func work(_ name: String, _ folder: URL) throws -> (() -> Double)? {
    switch name {
    case "moran":
      let (genes, weights) = (try SparseFile(folder, "visium"), try weights(folder))
      return {
        total(
          moransI(
            ofGenesFrom: genes.starts, spots: genes.spots, values: genes.values, weights: weights))
      }
    case "geary":
      let (genes, weights) = (try SparseFile(folder, "visium"), try weights(folder))
      return {
        total(
          gearysC(
            ofGenesFrom: genes.starts, spots: genes.spots, values: genes.values, weights: weights))
      }
    case "pearson": return try correlations([.pearson], folder)
    case "correlations":
      return try correlations(
        [.pearson, .pearsonMinusLog10P, .spearman, .spearmanMinusLog10P], folder)
    case "bootstrap":
      let (genes, predicted) = (try SparseFile(folder, "section0"), try methods(folder, 0)[0])
      return { total(bootstrapped(genes, predicted), replicates: 1000) }
    case "bootstrap-loop":
      let (genes, predicted) = (try SparseFile(folder, "section0"), try methods(folder, 0)[0])
      return { total(bootstrappedByLoop(genes, predicted), replicates: 1000) }
    default: return nil
    }
  }

  /// All genes of all sections by all methods.
  private static func correlations(
    _ measures: Set<GeneMeasure>, _ folder: URL
  ) throws -> () -> Double {
    let sections = try (0..<32).map {
      (try SparseFile(folder, "section\($0)"), try methods(folder, $0))
    }
    return {
      sections.reduce(0) { sum, section in
        section.1.reduce(sum) { sum, predicted in
          let genes = section.0
          let found = GeneAgreement(
            measures, ofGenesFrom: genes.starts, spots: genes.spots, values: genes.values,
            counts: genes.values, spotCount: genes.spotCount, with: predicted,
            measuredGene: Array(0..<genes.count))
          return measures.reduce(sum) { $0 + total(found[$1]) }
        }
      }
    }
  }

  private static func bootstrapped(_ genes: SparseFile, _ predicted: [Float]) -> [Double] {
    SpotBootstrap(spotCount: genes.spotCount, replicates: 1000).correlations(
      ofGenesFrom: genes.starts, spots: genes.spots, values: genes.values, with: predicted,
      measuredGene: Array(0..<genes.count))
  }

  /// The same gene by gene and replicate by replicate, from the spots drawn.
  private static func bootstrappedByLoop(_ genes: SparseFile, _ predicted: [Float]) -> [Double] {
    let bootstrap = SpotBootstrap(spotCount: genes.spotCount, replicates: 1000)
    let drawn = (0..<1000).map { replicate in
      (0..<genes.spotCount).flatMap {
        repeatElement($0, count: Int(bootstrap.weights[$0 * 1000 + replicate]))
      }
    }
    return (0..<genes.count).flatMap { gene in
      var measured = [Double](repeating: 0, count: genes.spotCount)
      for entry in genes.starts[gene]..<genes.starts[gene + 1] {
        measured[Int(genes.spots[entry])] = Double(genes.values[entry])
      }
      let row = predicted[gene * genes.spotCount..<(gene + 1) * genes.spotCount].map { Double($0) }
      return drawn.map { spots in
        PearsonCorrelation(spots.map { measured[$0] }, spots.map { row[$0] }).r
      }
    }
  }

  private static func weights(_ folder: URL) throws -> NeighbourWeights {
    NeighbourWeights(
      neighbours: try words(folder, "visium.neighbours").map { Int32(bitPattern: $0) },
      placesPerSpot: 6, rowStandardized: true)
  }

  /// What each of four methods predicts of a section, `[genes, spots]`.
  private static func methods(_ folder: URL, _ section: Int) throws -> [[Float]] {
    try (0..<4).map { method in
      try words(folder, "section\(section).method\(method)").map { Float(bitPattern: $0) }
    }
  }

  /// The sum of every sixteenth gene's values.
  private static func total(_ values: [Double], replicates: Int = 1) -> Double {
    stride(from: 0, to: values.count, by: 16 * replicates).reduce(0) { sum, gene in
      values[gene..<gene + replicates].reduce(sum) { $1.isFinite ? $0 + $1 : $0 }
    }
  }
}

/// A sparse matrix by gene in files of four-byte numbers.
private struct SparseFile {
  let spotCount: Int
  let starts: [Int]
  let spots: [UInt32]
  let values: [Float]

  var count: Int { starts.count - 1 }

  init(_ folder: URL, _ name: String) throws {
    let header = try words(folder, "\(name).starts").map { Int($0) }
    spotCount = header[0]
    starts = Array(header[1...])
    spots = try words(folder, "\(name).spots")
    values = try words(folder, "\(name).values").map { Float(bitPattern: $0) }
  }
}

private func words(_ folder: URL, _ name: String) throws -> [UInt32] {
  let bytes = try Data(contentsOf: folder.appending(path: name))
  return bytes.withUnsafeBytes { bytes in
    // Safety: only whole numbers of four bytes are loaded, wherever they lie.
    (0..<bytes.count / 4).map {
      UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self))
    }
  }
}
