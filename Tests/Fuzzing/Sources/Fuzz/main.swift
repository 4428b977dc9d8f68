import CLibFuzzer
import Foundation

// The target is named by the environment: libFuzzer starts this program again with arguments of
// its own when it makes a finding smaller.
guard let target = chosenTarget else {
  let names = fuzzTargets.map { "  \($0.name): \($0.reads)" }.joined(separator: "\n")
  FileHandle.standardError.write(Data("EOSIN_FUZZ_TARGET names one of\n\(names)\n".utf8))
  exit(2)
}
if let folder = ProcessInfo.processInfo.environment["EOSIN_FUZZ_SEEDS"] {
  for (index, seed) in target.seeds.enumerated() {
    try Data(seed).write(to: URL(filePath: folder).appending(path: "own-\(index)"))
  }
  exit(0)
}
var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>! = CommandLine.unsafeArgv
exit(
  LLVMFuzzerRunDriver(&count, &arguments) { bytes, size in
    chosenTarget?.run(Array(UnsafeBufferPointer(start: bytes, count: size)))
    return 0
  })
