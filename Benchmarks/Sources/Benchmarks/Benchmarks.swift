import Foundation

/// One program to time: what its own options are, and the run that prints one line a result.
protocol Benchmark: SendableMetatype {
  static var name: String { get }
  static var usage: String { get }
  static func run(_ arguments: [String]) throws
}

/// Every benchmark there is: a new one adds its file and a line here.
let benchmarks: [any Benchmark.Type] = [
  EncodersBenchmark.self, KMeansBenchmark.self, MeasuresBenchmark.self, ModelsBenchmark.self,
  OpenBenchmark.self,
  ReadBenchmark.self,
  TrainingBenchmark.self,
]

/// A command line that does not fit; the message says what does.
struct UsageError: Error, CustomStringConvertible {
  var description: String
}

@main
enum Main {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    do {
      guard let benchmark = benchmarks.first(where: { $0.name == arguments.first }) else {
        let lines = benchmarks.map { "  benchmarks \($0.name) \($0.usage)" }
        throw UsageError(description: "Usage:\n" + lines.joined(separator: "\n"))
      }
      try benchmark.run(Array(arguments.dropFirst()))
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(1)
    }
  }
}

/// The wall time of some work, in milliseconds.
func milliseconds(_ work: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try work()
  return (ContinuousClock.now - start) / .milliseconds(1)
}
