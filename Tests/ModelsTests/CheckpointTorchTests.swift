import Foundation
import TestSupport
import Testing

@testable import Models

private func read(_ bytes: [UInt8]) throws -> TensorFile {
  try TensorFile.read(ByteSource(bytes, file: "a.pt"))
}

private let matrix = PickleSample.tensor("0", count: 6, shape: [2, 3], strides: [3, 1])
private let matrixBytes = floatBytes([1, 2, 3, 4, 5, 6])

private func expectEqual(_ file: TensorFile, _ golden: TensorFile) throws {
  #expect(Set(file.names) == Set(golden.names))
  for tensor in golden.tensors {
    let found = try #require(file[tensor.name])
    #expect(found.shape == tensor.shape && found.type == tensor.type, "\(tensor.name)")
    #expect(found.packedBytes() == tensor.packedBytes(), "\(tensor.name)")
    #expect(found.count == 0 || found.floats() == tensor.floats(), "\(tensor.name)")
  }
}

@Test func `views, shared storages and every type read as PyTorch sees them`() throws {
  let file = try read(try fixture("checkpoint-views.pt"))
  #expect(file.format == .torchZip)
  #expect(file.strippedPrefix == "")
  try expectEqual(file, try read(try fixture("checkpoint-views.safetensors")))
  #expect(file["transposed"]?.isPacked == false)
  #expect(file["transposed"]?.shape == [8, 6])
}

@Test(
  .enabled(if: SharedFiles.hasFixtures), arguments: ["thitogene", "histogene"],
  ["lightning.ckpt", "state_dict.pt", "legacy.pt"])
func `the authors' files hold the golden weights`(model: String, name: String) throws {
  let folder = SharedFiles.fixtures.appending(path: model)
  let file = try TensorFile(reading: folder.appending(path: name))
  try expectEqual(file, try TensorFile(reading: folder.appending(path: "weights.safetensors")))
  #expect(file.format == (name == "legacy.pt" ? .torchLegacy : .torchZip))
  guard name == "lightning.ckpt" else { return }
  #expect(file.metadata["epoch"] == .integer(2))
  #expect(file.metadata["pytorch-lightning_version"] == .string("2.0.6"))
  #expect(file.metadata["optimizer_states"] == nil)
  guard case .object(let hyperparameters)? = file.metadata["hyper_parameters"] else {
    Issue.record("no hyper_parameters")
    return
  }
  #expect(hyperparameters["patch_size"] == .integer(112))
}

@Test(
  .enabled(if: SharedFiles.hasFixtures),
  arguments: [
    ("hostile.pt", "asks to call 'posix.system'"),
    ("hostile_eval.pt", "asks to call 'builtins.eval'"),
    ("hostile_zipslip.pt", "'../../pwned', which leads out of the archive"),
    ("truncated.pt", "is cut short"),
  ])
func `the hostile files are refused and leave no trace`(name: String, part: String) throws {
  // What their pickles would run, and where the archive's name would lead from here.
  let traces = ["/tmp/pwned", "../../pwned", "pwned"]
  let before = traces.map { FileManager.default.fileExists(atPath: $0) }
  let url = SharedFiles.fixtures.appending(path: "thitogene/\(name)")
  let error = #expect(throws: CheckpointError.self) { try TensorFile(reading: url) }
  #expect(error?.problem.contains(part) == true)
  #expect(error?.problem.hasSuffix(".") == true)
  #expect(traces.map { FileManager.default.fileExists(atPath: $0) } == before)
}

@Test func `a pickle that would run a program does not`() throws {
  let folder = try TemporaryFolder()
  let trace = folder.url.appending(path: "trace").path
  let command = PickleSample.text("touch \(trace)")
  let call =
    PickleSample.global("posix", "system") + PickleSample.mark + command + PickleSample.tuple
    + PickleSample.reduce
  let code = PickleSample.text("__import__('os').system('touch \(trace)')")
  let evaluation =
    PickleSample.global("__builtin__", "eval") + PickleSample.mark + code + PickleSample.tuple
    + PickleSample.reduce
  for value in [call, evaluation] {
    let dictionary = PickleSample.dictionary([("weight", matrix), ("state_dict", value)])
    let storages: [(key: String, count: Int, bytes: [UInt8])] = [("0", 6, matrixBytes)]
    for bytes in [
      torchZip(dictionary, storages: ["0": matrixBytes]).bytes,
      torchLegacy(dictionary, storages: storages),
    ] {
      #expect(refusal(of: bytes)?.contains("Nothing was run; do not trust it.") == true)
    }
  }
  #expect(folder.names == [])
}

@Test(arguments: [false, true])
func `legacy files read in both byte orders`(isBig: Bool) throws {
  let values: [Float] = [1, 2, 3, 4, 5, 6]
  let transposed = PickleSample.tensor("7", count: 6, shape: [3, 2], strides: [1, 3])
  let pickle = PickleSample.dictionary([
    ("module.weight", PickleSample.tensor("7", count: 6, shape: [2, 3], strides: [3, 1])),
    ("module.turned", transposed),
    (
      "module.count",
      PickleSample.tensor("9", type: "LongStorage", count: 1, shape: [], strides: [])
    ),
  ])
  let count: [UInt8] = isBig ? Int64(-5).littleBytes.reversed() : Int64(-5).littleBytes
  let file = try read(
    torchLegacy(
      pickle,
      storages: [("9", 1, count), ("7", 6, floatBytes(values, isBigEndian: isBig))],
      isLittle: !isBig))
  #expect(file.format == .torchLegacy)
  #expect(file.strippedPrefix == "module.")
  #expect(file.names == ["weight", "turned", "count"])
  #expect(file["weight"]?.floats() == values)
  #expect(file["turned"]?.floats() == [1, 4, 2, 5, 3, 6])
  #expect(file["count"]?.integers() == [-5])
  #expect(file["weight"]?.packedBytes() == floatBytes(values))
}

@Test func `a big-endian zip is turned round`() throws {
  let zip = torchZip(
    PickleSample.dictionary([("a", matrix)]),
    storages: ["0": floatBytes([1, 2, 3, 4, 5, 6], isBigEndian: true)], byteOrder: "big")
  #expect(try read(zip.bytes)["a"]?.floats() == [1, 2, 3, 4, 5, 6])
  let odd = torchZip(
    PickleSample.dictionary([("a", matrix)]), storages: ["0": matrixBytes], byteOrder: "middle")
  #expect(refusal(of: odd.bytes)?.contains("little or big order") == true)
}

@Test(arguments: ["state_dict", "model_state_dict", "model", "net"])
func `the state_dict is found under its usual names`(key: String) throws {
  let state = PickleSample.dictionary([("model.a", matrix), ("model.b", matrix)])
  let pickle = PickleSample.dictionary([
    ("epoch", PickleSample.integer(7)), (key, state),
    ("optimizer", PickleSample.dictionary([("lr", PickleSample.integer(1))])),
  ])
  let file = try read(torchZip(pickle, storages: ["0": matrixBytes]).bytes)
  #expect(file.names == ["a", "b"])
  #expect(file.strippedPrefix == "model.")
  #expect(file.metadata == ["epoch": .integer(7)])
}

@Test func `objects that no tensor needs stay inert`() throws {
  let callback =
    PickleSample.global("lightning.callbacks", "EarlyStopping") + PickleSample.emptyTuple
    + PickleSample.reduce
  let pickle = PickleSample.dictionary([
    ("state_dict", PickleSample.dictionary([("a", matrix)])), ("watcher", callback),
    (
      "hyper_parameters",
      PickleSample.dictionary([("loss", callback), ("dim", PickleSample.integer(3))])
    ),
  ])
  let file = try read(torchZip(pickle, storages: ["0": matrixBytes]).bytes)
  #expect(file.names == ["a"])
  #expect(file.metadata == ["hyper_parameters": .object(["dim": .integer(3)])])
}

@Test func `an object where weights belong is refused by name`() throws {
  let object =
    PickleSample.global("__main__", "HisToGene") + PickleSample.emptyTuple + [0x81]
  #expect(
    refusal(of: torchZip(object).bytes)
      == "a.pt: holds an object of '__main__.HisToGene' rather than its weights. "
      + "Save torch.save(model.state_dict(), FILE) in PyTorch.")
  let state = PickleSample.dictionary([("a", matrix), ("b", object)])
  #expect(
    refusal(of: torchZip(state, storages: ["0": matrixBytes]).bytes)
      == "a.pt: has 'b' made by '__main__.HisToGene', which Eosin does not run. "
      + "Save torch.save(model.state_dict(), FILE) in PyTorch.")
  #expect(refusal(of: torchZip(PickleSample.integer(3)).bytes)?.contains("no dictionary") == true)
}

@Test(
  arguments: [
    (0, [3, 3], [3, 1]), (1, [2, 3], [3, 1]), (-1, [2, 3], [3, 1]), (0, [2, 3], [-3, 1]),
    (0, [1 << 40], [0]), (0, [1 << 40, 1 << 40], [0, 0]), (0, [2, 2], [1 << 62, 1 << 62]),
    (0, [-2, 3], [3, 1]), (.max, [1], [1]), (0, [2], [.max]),
    (0, [Int](repeating: 1, count: 65), [Int](repeating: 1, count: 65)),
  ])
func `a view that leaves its storage is refused`(offset: Int, shape: [Int], strides: [Int]) {
  let tensor = PickleSample.tensor(
    "0", count: 6, offset: offset, shape: shape, strides: strides)
  let zip = torchZip(PickleSample.dictionary([("a", tensor)]), storages: ["0": matrixBytes])
  #expect(refusal(of: zip.bytes) != nil)
}

@Test func `a storage that is missing, short or not to be had is refused`() {
  let pickle = PickleSample.dictionary([("a", matrix)])
  #expect(
    refusal(of: torchZip(pickle).bytes)
      == "a.pt: 'a' lies in a storage that is not in the file. Copy or download it again.")
  #expect(
    refusal(of: torchZip(pickle, storages: ["0": [1, 2, 3]]).bytes)
      == "a.pt: 'a' lies in a storage of 3 bytes, fewer than it says. Copy or download it again.")
  let large = PickleSample.dictionary([
    ("a", PickleSample.tensor("0", count: .max, shape: [6], strides: [1]))
  ])
  #expect(
    refusal(of: torchZip(large, storages: ["0": matrixBytes]).bytes)?.contains("fewer") == true)
  let legacy = torchLegacy(pickle, storages: [("0", 6, [1, 2, 3])])
  #expect(refusal(of: legacy)?.contains("cut short within storage '0'") == true)
  let unknown = torchLegacy(pickle, storages: [("1", 6, matrixBytes)])
  #expect(refusal(of: unknown)?.contains("does not use") == true)
}

@Test func `many tensors over the same few values are refused`() {
  let pickle = PickleSample.dictionary((0..<100).map { ("\($0)", matrix) })
  #expect(
    refusal(of: torchZip(pickle, storages: ["0": matrixBytes]).bytes)
      == "a.pt: has 100 tensors over the same few values. Do not trust it.")
}

@Test func `names in messages cannot steer a terminal`() {
  let name = "a\u{1B}[2J\u{202E}" + String(repeating: "x", count: 200)
  let zip = torchZip(PickleSample.dictionary([(name, matrix)]))
  let message = refusal(of: zip.bytes) ?? ""
  #expect(!message.unicodeScalars.contains("\u{1B}") && !message.contains("\u{202E}"))
  #expect(message.count < 200)
}

@Test func `a torch file cut anywhere is refused`() throws {
  let zip = try fixture("checkpoint-views.pt")
  for count in 0..<zip.count {
    #expect(refusal(of: Array(zip[..<count])) != nil, "cut at \(count)")
  }
  let legacy = torchLegacy(
    PickleSample.dictionary([("a", matrix)]), storages: [("0", 6, matrixBytes)])
  for count in 0..<legacy.count {
    #expect(refusal(of: Array(legacy[..<count])) != nil, "cut at \(count)")
  }
}

@Test(arguments: 0..<64)
func `a changed torch file is read or refused`(seed: Int) throws {
  let zip = try fixture("checkpoint-views.pt")
  let legacy = torchLegacy(
    PickleSample.dictionary([("a", matrix)]), storages: [("0", 6, matrixBytes)])
  // Without checksums, so that what the pickle says is reached.
  let state = PickleSample.pickle(PickleSample.dictionary([("a", matrix), ("b", matrix)]))
  for round in 0..<8 {
    let seed = seed * 8 + round
    _ = refusal(of: mutated(zip, seed: seed))
    _ = refusal(of: mutated(legacy, seed: seed))
    var changed = torchZip(PickleSample.none, storages: ["0": matrixBytes])
    changed.members[0].contents = mutated(state, seed: seed)
    _ = refusal(of: changed.bytes)
  }
}
