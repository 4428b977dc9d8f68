import Foundation
import Workbench

extension EvaluationPlan {
  /// Scores the sections: here where there is one, else in processes of their own.
  ///
  /// - Parameters:
  ///   - jobs: processes at once; as many as cores by default.
  ///   - threads: of each process; the cores shared out by default.
  func scores(jobs: Int? = nil, threads: Int? = nil) throws -> [SectionScores] {
    let interruption = Interruption()
    let bar = ProgressBar("evaluating")
    defer { bar.finish() }
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let jobs = min(jobs ?? cores, sections.count)
    guard jobs > 1 else {
      let workbench = Workbench()
      return try sections.map { section in
        try workbench.scores(
          of: self, on: section, progress: bar.show, isCancelled: { interruption.hasCome })
      }
    }
    let threads = threads ?? max(1, cores / jobs)
    return try SectionProcesses(
      executable: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath(),
      arguments: ["evaluate", "--worker", "--threads", String(threads)], jobs: jobs
    ).scores(of: self, progress: bar.show, isCancelled: { interruption.hasCome })
  }

  /// How much alike neighbouring sections are; what was predicted for the scores is in the cache.
  func consistency() throws -> [NeighbourConsistency] {
    guard !methods.isEmpty, !neighbours.isEmpty else { return [] }
    let interruption = Interruption()
    let bar = ProgressBar("neighbours")
    defer { bar.finish() }
    return try Workbench().consistency(
      of: self, progress: bar.show, isCancelled: { interruption.hasCome })
  }
}
