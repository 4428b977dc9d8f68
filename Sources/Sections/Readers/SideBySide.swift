import Dispatch
import Synchronization

/// Does two things at the same time; where both fail, the first one's failure is told.
func sideBySide<First: Sendable, Second: Sendable>(
  _ first: @Sendable () throws(SectionError) -> First,
  _ second: @Sendable () throws(SectionError) -> Second
) throws(SectionError) -> (First, Second) {
  let answers = Mutex<(Result<First, SectionError>?, Result<Second, SectionError>?)>((nil, nil))
  DispatchQueue.concurrentPerform(iterations: 2) { index in
    if index == 0 {
      let answer = Result(catching: first)
      answers.withLock { $0.0 = answer }
    } else {
      let answer = Result(catching: second)
      answers.withLock { $0.1 = answer }
    }
  }
  // Both were done: `concurrentPerform` returns when all its iterations have.
  let (one, other) = answers.withLock { $0 }
  return (try one!.get(), try other!.get())
}
