import Foundation
import Sections

/// Times opening a section's files and taking one gene's values; `open_section.py` does the same with
/// scanpy.
///
/// Finds the sections, reads the first and lays its spots on the image. Prints a line a run:
/// milliseconds, spots, genes, entries and the sum of the gene's values, then the gene's name.
enum OpenBenchmark: Benchmark {
  static let name = "open"
  static let usage = "<folder or file> <gene's number, from 0> <runs>"

  static func run(_ arguments: [String]) throws {
    guard arguments.count == 3, let gene = Int(arguments[1]), let runs = Int(arguments[2]) else {
      throw UsageError(description: "Usage: benchmarks \(name) \(usage)")
    }
    let path = URL(filePath: arguments[0])
    // The run before the first counted one fills the file cache and wakes threads.
    for run in -1..<runs {
      var opened: (section: Section, values: [Float])?
      let time = try milliseconds {
        let dataSet = try DataSet(opening: path)
        let section = try dataSet.read(dataSet.sections[0], isToldOfOnly: true)
        opened = (section, section.counts.values(ofGene: gene))
      }
      guard run >= 0, let (section, values) = opened else { continue }
      let sum = values.reduce(0) { $0 + Double($1) }
      print(
        time, section.spots.count, section.genes.count, section.counts.entryCount, sum,
        section.genes[gene])
    }
  }
}
