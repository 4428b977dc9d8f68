import Foundation
import Sections

/// Reads what `torch.save` writes, knowing tensors and plain values only.
///
/// Finds the state_dict at the top or under one of the usual names, resolves views and shared
/// storages, and takes off a prefix that all names share. Nothing in the file is executed.
///
/// Source: `torch/serialization.py` and `torch/_utils.py`, versions 0.4 to 2.
public enum TorchCheckpoint {
  /// Names under which training programs keep the state_dict.
  private static let stateNames = ["state_dict", "model_state_dict", "model", "net"]
  /// What wrappers put before every name.
  private static let prefixes = ["module.", "model.", "net.", "_orig_mod."]
  /// State of the training that nobody asks a checkpoint for.
  private static let leftOut: Set<String> = [
    "optimizer_states", "optimizer_state_dict", "optimizer", "optim", "lr_schedulers", "scheduler",
    "loops",
    "callbacks",
  ]
  /// Tensors may share storages, but not to grow a file without end.
  private static let largestSharing = 64

  /// Reads a `.pt`, `.pth` or `.ckpt` file of either form.
  public static func read(_ url: URL) throws(CheckpointError) -> TensorFile {
    let source = try ByteSource(mapping: url)
    return source.count > 1 && source[0] == UInt8(ascii: "P")
      ? try readZip(source) : try readLegacy(source)
  }

  // MARK: Zip

  static func readZip(_ source: ByteSource) throws(CheckpointError) -> TensorFile {
    let archive = try ZipArchive(source)
    let suffix = "/data.pkl"
    let pickles = archive.members.filter {
      $0.name.hasSuffix(suffix) && !$0.name.dropLast(suffix.count).contains("/")
    }
    guard pickles.count == 1, let member = pickles.first else {
      throw CheckpointError(
        file: source.file,
        problem: "is a zip without PyTorch's data.pkl. Name a file that torch.save wrote.")
    }
    let root = member.name.dropLast(suffix.count)
    guard archive["\(root)/constants.pkl"] == nil else {
      throw CheckpointError(
        file: source.file,
        problem: "is a TorchScript program. Load it in PyTorch and save its state_dict().")
    }
    let place = try archive.open(member)
    let pickle = try parse(place.source, in: place.start..<place.start + member.size, source.file)
    var isBigEndian = false
    if let order = archive["\(root)/byteorder"] {
      let text = try archive.open(order)
      switch text.source.array(text.start..<text.start + min(order.size, 16)) {
      case Array("little".utf8): break
      case Array("big".utf8): isBigEndian = true
      default:
        throw CheckpointError(
          file: source.file,
          problem: "does not say whether its bytes are in little or big order. Save it again.")
      }
    }
    var opened: [String: StoredBytes] = [:]
    return try file(.torchZip, pickle, source, isBigEndian: isBigEndian) {
      (storage) throws(CheckpointError) in
      if let known = opened[storage.key] { return known }
      guard let member = archive["\(root)/data/\(storage.key)"] else { return nil }
      let place = try archive.open(member)
      let bytes = StoredBytes(source: place.source, start: place.start, count: member.size)
      opened[storage.key] = bytes
      return bytes
    }
  }

  // MARK: Legacy

  private static let magicNumber = Pickle.Value.large("0x1950a86a20f9469cfc6c")

  /// A magic number, a version, the machine's properties, the data, the keys of the storages:
  /// five pickles; then each storage as its count and values.
  static func readLegacy(_ source: ByteSource) throws(CheckpointError) -> TensorFile {
    func damaged(_ what: String) -> CheckpointError {
      CheckpointError(file: source.file, problem: "\(what). Copy or download it again.")
    }
    let magic = try? PickleParser.parse(source, in: 0..<min(source.count, 64))
    guard let magic, magic.root == magicNumber else {
      throw CheckpointError(
        file: source.file,
        problem: "is a pickle, but not one that torch.save wrote. Save it with torch.save.")
    }
    let version = try parse(source, in: magic.end..<source.count, source.file)
    guard version.root == .integer(1001) else {
      throw CheckpointError(
        file: source.file, problem: "is of an unknown version. Save it again with torch.save.")
    }
    let system = try parse(source, in: version.end..<source.count, source.file)
    let isLittle = system.members(system.root)?.first { $0.name == "little_endian" }?.value
    let pickle = try parse(source, in: system.end..<source.count, source.file)
    let list = try parse(source, in: pickle.end..<source.count, source.file)
    guard let keys = list.elements(list.root) else { throw damaged("lacks its list of storages") }

    let isBigEndian = isLittle == .bool(false)
    var places: [String: StoredBytes] = [:]
    var position = list.end
    for case .string(let key) in keys {
      guard let storage = pickle.storages[key], places[key] == nil else {
        throw damaged("lists a storage \(quoted(key)) that it does not use, or twice")
      }
      guard source.count - position >= 8 else {
        throw damaged("is cut short before storage \(quoted(key))")
      }
      let bits = source.number(at: position, as: UInt64.self)
      position += 8
      guard (isBigEndian ? bits.byteSwapped : bits) == UInt64(storage.count) else {
        throw damaged("says two different sizes of storage \(quoted(key))")
      }
      let size = storage.type?.byteCount ?? 1
      guard storage.count <= (source.count - position) / size else {
        throw damaged("is cut short within storage \(quoted(key))")
      }
      places[key] = StoredBytes(source: source, start: position, count: storage.count * size)
      position += storage.count * size
    }
    return try file(.torchLegacy, pickle, source, isBigEndian: isBigEndian) {
      (storage) throws(CheckpointError) in places[storage.key]
    }
  }

  // MARK: Both

  /// Where a storage's values lie.
  private struct StoredBytes {
    var source: ByteSource
    var start: Int
    var count: Int
  }

  private static func parse(
    _ source: ByteSource, in range: Range<Int>, _ file: String
  ) throws(CheckpointError) -> Pickle {
    do throws(PickleError) {
      return try PickleParser.parse(source, in: range)
    } catch {
      throw CheckpointError(file: file, problem: error.problem)
    }
  }

  private static func file(
    _ format: TensorFile.Format, _ pickle: Pickle, _ source: ByteSource, isBigEndian: Bool,
    bytesOf: (Pickle.Storage) throws(CheckpointError) -> StoredBytes?
  ) throws(CheckpointError) -> TensorFile {
    let (entries, metadata) = try stateDict(pickle, source.file)
    let prefix = commonPrefix(entries.map(\.name))
    var tensors: [StoredTensor] = []
    var storageBytes: [String: Int] = [:]
    for (name, tensor) in entries {
      func refused(_ problem: String) -> CheckpointError {
        CheckpointError(file: source.file, problem: "\(quoted(name)) \(problem)")
      }
      guard let bytes = try bytesOf(tensor.storage) else {
        throw refused("lies in a storage that is not in the file. Copy or download it again.")
      }
      let size = tensor.storage.type?.byteCount ?? 1
      let (needed, overflows) = (tensor.storage.offset + tensor.storage.count)
        .multipliedReportingOverflow(by: size)
      guard !overflows, needed <= bytes.count else {
        throw refused(
          "lies in a storage of \(bytes.count) bytes, fewer than it says. Copy or download it "
            + "again.")
      }
      let available = tensor.storage.count * size / tensor.type.byteCount
      guard isInside(tensor, available) else {
        throw refused(
          "of shape \(tensor.shape) does not fit into its storage of \(available) values. It is "
            + "damaged, or an expanded view: save it with .contiguous().")
      }
      storageBytes[tensor.storage.key] = bytes.count
      tensors.append(
        StoredTensor(
          name: String(name.dropFirst(prefix.count)), shape: tensor.shape, type: tensor.type,
          strides: tensor.strides, source: bytes.source,
          start: bytes.start + tensor.storage.offset * size
            + (tensor.shape.contains(0) ? 0 : tensor.offset * tensor.type.byteCount),
          isBigEndian: isBigEndian))
    }
    // No overflow: each tensor has no more values than its storage.
    let shared = tensors.reduce(0.0) { $0 + Double($1.byteCount) }
    guard shared <= Double(storageBytes.values.reduce(0, +) * largestSharing) else {
      throw CheckpointError(
        file: source.file,
        problem: "has \(tensors.count) tensors over the same few values. Do not trust it.")
    }
    return TensorFile(
      format: format, tensors: tensors, metadata: metadata, strippedPrefix: prefix, source: source)
  }

  /// Whether a tensor's values lie within so many values, and are no more than those.
  private static func isInside(_ tensor: Pickle.Tensor, _ available: Int) -> Bool {
    guard let count = valueCount(tensor.shape), tensor.offset >= 0,
      tensor.strides.allSatisfy({ $0 >= 0 })
    else { return false }
    if count == 0 { return true }
    var last = tensor.offset
    for (size, stride) in zip(tensor.shape, tensor.strides) {
      let (reach, overflows) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, overflowsToo) = last.addingReportingOverflow(reach)
      guard !overflows, !overflowsToo else { return false }
      last = sum
    }
    return last < available && count <= available
  }

  /// The named tensors and the plain values beside them.
  private static func stateDict(
    _ pickle: Pickle, _ file: String
  ) throws(CheckpointError) -> (entries: [(name: String, tensor: Pickle.Tensor)], [String: JSON]) {
    func refused(_ problem: String) -> CheckpointError {
      CheckpointError(file: file, problem: problem)
    }
    let advice = "Save torch.save(model.state_dict(), FILE) in PyTorch."
    if case .opaque(let name) = pickle.object(pickle.root) {
      throw refused("holds an object of \(quoted(name)) rather than its weights. \(advice)")
    }
    guard let root = pickle.members(pickle.root) else {
      throw refused("holds no dictionary of tensors. \(advice)")
    }
    var metadata: [String: JSON] = [:]
    var budget = 100_000
    var state = root
    var levels = 0
    while levels < 4, let inner = innerState(of: state, pickle),
      let members = pickle.members(inner)
    {
      for (name, value) in state where value != inner && !leftOut.contains(name) {
        metadata[name] = pickle.plain(value, budget: &budget)
      }
      state = members
      levels += 1
    }
    var entries: [(name: String, tensor: Pickle.Tensor)] = []
    for (name, value) in state {
      switch pickle.object(value) {
      case .tensor(let tensor): entries.append((name, tensor))
      case .opaque(let maker) where !leftOut.contains(name):
        throw refused(
          "has \(quoted(name)) made by \(quoted(maker)), which Eosin does not run. \(advice)")
      default: if levels == 0 { metadata[name] = pickle.plain(value, budget: &budget) }
      }
    }
    guard !entries.isEmpty else { throw refused("holds no dictionary of tensors. \(advice)") }
    return (entries, metadata)
  }

  /// The value under one of the usual names that holds tensors, or holds one that may.
  private static func innerState(
    of state: [(name: String, value: Pickle.Value)], _ pickle: Pickle
  ) -> Pickle.Value? {
    for name in stateNames {
      guard let value = state.last(where: { $0.name == name })?.value,
        let members = pickle.members(value)
      else { continue }
      let holdsSome = members.contains { member in
        if case .tensor = pickle.object(member.value) { return true }
        return stateNames.contains(member.name)
      }
      if holdsSome { return value }
    }
    return nil
  }

  /// The wrappers' prefixes that stand before every name.
  private static func commonPrefix(_ names: [String]) -> String {
    var prefix = ""
    // More than a few wrappers are an attempt to keep us busy.
    for _ in 0..<4 {
      let next = prefixes.first { next in
        let whole = prefix + next
        return names.allSatisfy { $0.hasPrefix(whole) && $0.utf8.count > whole.utf8.count }
      }
      guard let next else { break }
      prefix += next
    }
    return prefix
  }
}
