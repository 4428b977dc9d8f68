import Dispatch
import Foundation
import Sections
import Synchronization

/// Scores sections in processes of their own, several at once.
///
/// Each is the program itself, started with the arguments it is given; it reads a plan of one section
/// as JSON from its standard input and answers with a ``SectionAnswer`` on its standard output.
public struct SectionProcesses: Sendable {
  /// The program.
  public var executable: URL
  /// What makes it a worker.
  public var arguments: [String]
  /// Processes at once.
  public var jobs: Int

  /// Describes the workers.
  public init(executable: URL, arguments: [String], jobs: Int) {
    self.executable = executable
    self.arguments = arguments
    self.jobs = jobs
  }

  /// Scores the sections of a plan, in its order.
  ///
  /// - Parameters:
  ///   - progress: hears of each section that is done.
  ///   - isCancelled: asked several times a second; the workers are then ended.
  /// - Throws: the first worker's problem; the others are ended.
  public func scores(
    of plan: EvaluationPlan, progress: @escaping @Sendable (PredictionProgress) -> Void,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws(WorkbenchError) -> [SectionScores] {
    let state = Mutex(State(sections: plan.sections))
    DispatchQueue.concurrentPerform(iterations: min(jobs, plan.sections.count)) { _ in
      while let (place, section) = state.withLock({ $0.next() }) {
        let answer = Self.answer(
          of: executable, arguments, to: plan.of(section: section),
          isCancelled: { isCancelled() || state.withLock { $0.problem != nil } })
        let done = state.withLock { $0.take(answer, at: place) }
        progress(
          PredictionProgress(
            stage: section.name, fraction: Double(done) / Double(plan.sections.count)))
      }
    }
    let outcome = state.withLock { $0 }
    if isCancelled() { throw .cancelled }
    if let problem = outcome.problem { throw WorkbenchError(problem) }
    return outcome.scores.compactMap(\.self)
  }

  private struct State {
    let sections: [SectionReference]
    var started = 0
    var scores: [SectionScores?]
    var problem: String?

    init(sections: [SectionReference]) {
      self.sections = sections
      scores = Array(repeating: nil, count: sections.count)
    }

    mutating func next() -> (Int, SectionReference)? {
      guard problem == nil, started < sections.count else { return nil }
      defer { started += 1 }
      return (started, sections[started])
    }

    /// Keeps an answer; gives how many sections are done.
    mutating func take(_ answer: SectionAnswer, at place: Int) -> Int {
      switch answer {
      case .scores(let found): scores[place] = found
      case .problem(let sentence): if problem == nil { problem = sentence }
      }
      return scores.count { $0 != nil }
    }
  }

  private static func answer(
    of executable: URL, _ arguments: [String], to plan: EvaluationPlan,
    isCancelled: @escaping @Sendable () -> Bool
  ) -> SectionAnswer {
    let name = plan.sections[0].name
    let process = Process()
    let (input, output) = (Pipe(), Pipe())
    process.executableURL = executable
    process.arguments = arguments
    (process.standardInput, process.standardOutput) = (input, output)
    do {
      try process.run()
      // A plan can be longer than a pipe holds: it is written while the worker reads.
      let question = try JSONEncoder().encode(plan)
      DispatchQueue.global().async {
        try? input.fileHandleForWriting.write(contentsOf: question)
        try? input.fileHandleForWriting.close()
      }
    } catch {
      return .problem("Section \(name) could not be given to a process of its own: \(error).")
    }
    let watch = DispatchSource.makeTimerSource()
    watch.schedule(deadline: .now(), repeating: .milliseconds(100))
    let identifier = process.processIdentifier
    watch.setEventHandler { if isCancelled() { kill(identifier, SIGTERM) } }
    watch.activate()
    let data = try? output.fileHandleForReading.readToEnd()
    process.waitUntilExit()
    watch.cancel()
    if let data, let answer = try? JSONDecoder().decode(SectionAnswer.self, from: data) {
      return answer
    }
    return .problem(
      "The process that scored section \(name) ended with \(process.terminationStatus) and no "
        + "answer. Score it alone with --jobs 1 to see why.")
  }
}

/// What a process that scores one section says.
public enum SectionAnswer: Sendable, Codable {
  case scores(SectionScores)
  /// Why there are none, in a sentence.
  case problem(String)
}
