import Foundation
import Sections

/// Times the reading of a table of counts; `read_counts.py` does the same with pandas.
///
/// Prints a line a run: milliseconds, spots, genes and the sum of all counts.
enum ReadBenchmark: Benchmark {
  static let name = "read"
  static let usage = "<table of counts> <runs>"

  static func run(_ arguments: [String]) throws {
    guard arguments.count == 2, let runs = Int(arguments[1]) else {
      throw UsageError(description: "Usage: benchmarks \(name) \(usage)")
    }
    let file = URL(filePath: arguments[0])
    // The run before the first counted one fills the file cache and wakes threads.
    for run in -1..<runs {
      var table: CountTable?
      let time = try milliseconds { table = try CountTable(reading: file) }
      guard run >= 0, let table else { continue }
      let sum = table.counts.totalsOfSpots().reduce(0, +)
      print(time, table.spotNames.count, table.genes.count, sum)
    }
  }
}
