import Foundation
import Models
import Sections

/// What a run was begun as: enough to go on with it, kept as `run.json` in its folder.
struct RunDescription: Codable, Equatable {
  var version: String
  /// The data set's folder.
  var dataSet: String
  /// Where its sections' nuclei were said to be, if anywhere.
  var nuclei: String?
  var model: String
  var preset: String
  var without: [String]
  /// The network's sizes that differ from the authors', as JSON by name.
  var settings: [String: String]
  var recipe: TrainingRecipe
  /// The file whose weights it began with in place of chance.
  var start: StartingFile?
  /// The encoder that the model sees through, in a line.
  var encoder: String?
  var seed: Int
  var sections: [String]
  var heldOut: [String]
  var unit: TrainingProtocol.Unit
  /// The genes predicted, in the order of the outputs, and how they were chosen.
  var genes: [String]
  var panel: String
  var normalization: Normalization
  var epochRule: TrainingProtocol.EpochRule
  var isMonitored: Bool
  var threads: Int

  /// What of two runs differs, so that one is not the other gone on with; how long they train, on how
  /// many threads and by which version does not count.
  func differences(from other: RunDescription) -> [String] {
    var same = other
    (same.recipe.epochs, same.threads, same.version) = (recipe.epochs, threads, version)
    if let start, start.fingerprint == nil, start.path == same.start?.path { same.start = start }
    guard self != same, case .object(let mine)? = try? JSON(encoding: self),
      case .object(let theirs)? = try? JSON(encoding: same)
    else { return [] }
    return mine.keys.filter { mine[$0] != theirs[$0] }.sorted()
  }
}

/// A file whose weights a run began with: where it lay, and what was in it.
struct StartingFile: Codable, Equatable {
  var path: String
  /// Nil where the file is gone: a run that goes on does not need it.
  var fingerprint: String?

  init(_ url: URL) {
    path = url.standardizedFileURL.path
    guard FileManager.default.fileExists(atPath: path) else { return }
    var print = Fingerprint()
    print.add(contentsOf: url)
    fingerprint = "xxh64:\(print.digits)"
  }

  /// The same for the card.
  var text: String {
    ([URL(filePath: path).lastPathComponent] + [fingerprint].compactMap(\.self))
      .joined(separator: ", ")
  }
}

/// The folder of a run: `run.json`, `state.safetensors`, `checkpoint.safetensors`, `metrics.jsonl`, and
/// `encoder.safetensors` where the model sees through one that is not trained.
///
/// Each file appears whole or not at all. The state is what a run goes on from; the checkpoint is the
/// newest to predict with.
final class RunFolder: Sendable {
  let url: URL
  var state: URL { url.appending(path: Self.stateName) }
  var checkpoint: URL { url.appending(path: "checkpoint.safetensors") }
  var metrics: URL { url.appending(path: "metrics.jsonl") }
  /// What the run's model sees through, where that stays as it is.
  var encoder: URL { url.appending(path: Self.encoderName) }
  static let encoderName = "encoder.safetensors"
  private var description: URL { url.appending(path: "run.json") }
  private let lock: Int32
  private static let stateName = "state.safetensors"

  /// Makes the folder if it is not there, and takes it for this process.
  ///
  /// - Throws: when it cannot be made or written to, or another process trains there.
  init(_ url: URL) throws(WorkbenchError) {
    self.url = url
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw WorkbenchError(
        "\(url.path): the folder cannot be made. Name one in a place that is yours to write in.")
    }
    lock = open(url.appending(path: ".lock").path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard lock >= 0 else {
      throw WorkbenchError(
        "\(url.path): \(String(cString: strerror(errno))). Name a folder that is yours to write in."
      )
    }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      throw WorkbenchError(
        "\(url.path): another training is writing there. Wait for it, or name another folder.")
    }
  }

  deinit { close(lock) }

  /// Whether a run was begun here.
  var holdsRun: Bool { FileManager.default.fileExists(atPath: description.path) }

  /// Whether it has come far enough to have been saved.
  var hasState: Bool { FileManager.default.fileExists(atPath: state.path) }

  /// The same of a folder that is not taken.
  static func hasState(in folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: stateName).path)
  }

  /// What the run was begun as.
  func readDescription() throws(WorkbenchError) -> RunDescription {
    guard let data = try? Data(contentsOf: description) else {
      throw WorkbenchError(
        "\(url.path): holds no run to go on with. Leave out --resume to begin one.")
    }
    guard let read = try? JSONDecoder().decode(RunDescription.self, from: data) else {
      throw WorkbenchError(
        "\(description.path): is damaged, or by another Eosin. Begin the run anew with --force.")
    }
    return read
  }

  /// Begins a run: what an earlier one left is taken away.
  func begin(_ run: RunDescription) throws(WorkbenchError) {
    for file in [state, checkpoint, metrics, encoder] {
      try? FileManager.default.removeItem(at: file)
    }
    try write(run)
  }

  /// Writes what the run is.
  func write(_ run: RunDescription) throws(WorkbenchError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(run) else {
      preconditionFailure("a description is plain values")
    }
    try writeWhole([UInt8](data) + [10], to: description)
  }

  /// The metrics of the epochs up to one, as they were written.
  func readMetrics(upTo epoch: Int) -> [EpochMetrics] {
    guard let text = try? String(contentsOf: metrics, encoding: .utf8) else { return [] }
    let decoder = JSONDecoder()
    return text.split(separator: "\n").compactMap {
      try? decoder.decode(EpochMetrics.self, from: Data($0.utf8))
    }.filter { $0.epoch <= epoch }
  }

  /// Writes the metrics of all epochs so far.
  func write(_ epochs: [EpochMetrics]) throws(WorkbenchError) {
    try writeWhole(epochs.flatMap { Array($0.line.utf8) }, to: metrics)
  }

  /// Adds a line for one more epoch.
  func append(_ epoch: EpochMetrics) throws(WorkbenchError) {
    guard let handle = FileHandle(forWritingAtPath: metrics.path) else {
      return try write([epoch])
    }
    do {
      try handle.seekToEnd()
      try handle.write(contentsOf: Data(epoch.line.utf8))
      try handle.close()
    } catch { throw WorkbenchError("\(metrics.path): cannot be written: \(error).") }
  }

  /// Refuses a disk that has no room for the files and those that take their place.
  func checkRoom(forBytes bytes: Int) throws(WorkbenchError) {
    let free =
      (try? FileManager.default.attributesOfFileSystem(forPath: url.path))?[.systemFreeSize]
      as? Int
    let old = [state, checkpoint].reduce(0) { sum, file in
      let size = (try? FileManager.default.attributesOfItem(atPath: file.path))?[.size] as? Int
      return sum + (size ?? 0)
    }
    let needed = 2 * bytes - old
    guard let free, free < needed else { return }
    throw WorkbenchError(
      "\(url.path): the disk has \(free / 1_000_000) MB left and the run needs "
        + "\((needed + 999_999) / 1_000_000) MB. Make room, or name a folder on another.")
  }

  private func writeWhole(_ bytes: [UInt8], to file: URL) throws(WorkbenchError) {
    do { try Sections.writeWhole(bytes, to: file, replacing: true) } catch {
      throw WorkbenchError(error.description)
    }
  }
}

/// One finished epoch, a line of `metrics.jsonl`.
struct EpochMetrics: Codable {
  var epoch: Int
  var step: Int
  var loss: Double
  var learningRate: Double
  /// How long it took.
  var seconds: Double
  /// The mean correlation on the sections held out, which were looked at for it; nil where they were
  /// not.
  var heldOutCorrelation: Double?

  /// The same as JSON, with its line's end.
  var line: String {
    guard let json = try? JSON(encoding: self) else {
      preconditionFailure("metrics are plain values")
    }
    return json.text + "\n"
  }
}
