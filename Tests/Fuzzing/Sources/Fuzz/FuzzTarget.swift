import Foundation

/// One parser as libFuzzer sees it: bytes in, and no trap, no hang and no memory that the bytes do
/// not account for.
struct FuzzTarget: Sendable {
  /// What `run` takes.
  var name: String
  /// What the bytes are read as.
  var reads: String
  /// Small inputs to begin with, beside the files that `run` gathers.
  var seeds: [[UInt8]] = []
  /// Reads the bytes; what is refused is refused silently.
  var run: @Sendable ([UInt8]) -> Void

  init(
    _ name: String, reads: String, seeds: [[UInt8]] = [],
    run: @escaping @Sendable ([UInt8]) throws -> Void
  ) {
    self.name = name
    self.reads = reads
    self.seeds = seeds
    self.run = { bytes in
      do {
        try run(bytes)
      } catch {
        checkMessage(of: error)
      }
    }
  }
}

/// Makes the sentence, as it would be for a user: a short one that steers no terminal.
func checkMessage(of error: any Error) {
  checkSentence(String(describing: error))
}

func checkSentence(_ sentence: String) {
  precondition(sentence.utf8.count < 4096, "a message of \(sentence.utf8.count) bytes")
  precondition(sentence.utf8.allSatisfy { $0 >= 32 && $0 != 127 }, sentence)
}

/// Every parser of files that come from elsewhere.
let fuzzTargets: [FuzzTarget] =
  textTargets + spaceRangerTargets + checkpointTargets + hdf5Targets + imageTargets

let chosenTarget: FuzzTarget? = {
  let name = ProcessInfo.processInfo.environment["EOSIN_FUZZ_TARGET"]
  return fuzzTargets.first { $0.name == name }
}()

/// The path that messages about an input in memory name.
let nowhere = URL(filePath: "/input")

/// Hands a reader of files one that holds the bytes; it lies in memory and goes away again.
func withFile(
  _ bytes: [UInt8], named name: String, _ body: (URL) throws -> Void
) throws {
  let folder = URL(filePath: "/dev/shm/eosin-fuzz-\(getpid())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appending(path: name)
  try Data(bytes).write(to: file)
  try body(file)
}
