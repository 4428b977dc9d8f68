import Foundation
import Models
import Sections

/// A training run that writes into a folder, looked at from outside.
///
/// The folder holds, as far as it has come:
///
/// | file | what it is |
/// |---|---|
/// | `run.json` | what the run is: `dataSet`, `heldOut`, `model` |
/// | `checkpoint.safetensors` | the newest epoch, replaced whole |
public struct WatchedRun: Sendable, Hashable {
  /// Where the run writes.
  public let folder: URL
  /// What people call the model; the folder's name while nothing tells.
  public let title: String
  /// The sections that it is not trained on, by name.
  public let heldOut: [String]
  /// The data set's folder, as far as the run tells.
  public let dataSetFolder: URL?
  /// Where its sections' nuclei are said to be.
  private let nuclei: String?

  /// Looks into a run's folder, which may hold nothing yet.
  ///
  /// - Throws: when there is no such folder.
  public init(opening folder: URL) throws(WorkbenchError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder) else {
      throw WorkbenchError(
        "\(folder.path): is not there. Check the path, or start the run with eosin train first.")
    }
    guard isFolder.boolValue else {
      throw WorkbenchError(
        "\(folder.path): is a file, not a run's folder. Name the folder that the run writes into.")
    }
    self.folder = folder
    let description = (try? Data(contentsOf: folder.appending(path: Self.descriptionName)))
      .flatMap { try? JSONDecoder().decode(Description.self, from: $0) }
    let checkpoint = try? Checkpoint(reading: folder.appending(path: Self.checkpointName))
    let model = description?.model ?? checkpoint?.modelName
    title = model.flatMap { try? modelEntry(named: $0).title } ?? folder.lastPathComponent
    heldOut = description?.heldOut ?? checkpoint?.heldOutSections ?? []
    nuclei = description?.nuclei
    dataSetFolder = description?.dataSet.map { URL(filePath: $0) }
  }

  /// The data set that the run is trained on.
  ///
  /// - Throws: when the run does not tell, or it cannot be opened.
  public func dataSet() throws(WorkbenchError) -> DataSet {
    let file = folder.appending(path: Self.descriptionName).path
    guard let dataSetFolder else {
      let isThere = FileManager.default.fileExists(atPath: file)
      throw WorkbenchError(
        "\(file): \(isThere ? "does not tell the run's data set" : "is not there yet"). Name the "
          + "data set's folder behind the run's.")
    }
    do {
      let dataSet = try DataSet(opening: dataSetFolder)
      return try nuclei.map { try dataSet.with(nuclei: $0, ofSection: nil) } ?? dataSet
    } catch {
      throw WorkbenchError(
        "\(file): names a data set that cannot be opened: \(error) Name the data set's folder "
          + "behind the run's.")
    }
  }

  static let checkpointName = "checkpoint.safetensors"
  private static let descriptionName = "run.json"

  /// What is read of `run.json`.
  private struct Description: Decodable {
    var dataSet: String?
    var heldOut: [String]?
    var model: String?
    var nuclei: String?
  }
}

extension Method {
  /// Whether its weights change while they are looked at.
  public var isWatched: Bool { watchedCheckpoint != nil }

  /// The file that a run writes its newest epoch to; nil for other methods.
  public var watchedCheckpoint: URL? {
    guard case .run(let folder) = source else { return nil }
    return folder.appending(path: WatchedRun.checkpointName)
  }
}

/// What the newest epoch of a run says of a section.
public struct EpochPrediction: Sendable {
  /// The prediction.
  public let prediction: Prediction
  /// How it agrees with what was measured; nil between the spots.
  public let scores: MethodScores?
  /// The epochs that were finished; nil where the checkpoint does not tell.
  public let epoch: Int?
  /// The file that it was made of; nil where it was gone before it was looked at.
  public let file: FileState?

  /// Takes its parts as they are.
  public init(prediction: Prediction, scores: MethodScores?, epoch: Int?, file: FileState?) {
    self.prediction = prediction
    self.scores = scores
    self.epoch = epoch
    self.file = file
  }
}

extension Workbench {
  /// Predicts a section with the newest weights of a run, and scores what it predicted.
  ///
  /// Nothing of it is kept in the cache, which every epoch would fill further.
  ///
  /// - Throws: what is wrong with the checkpoint; ``WorkbenchError/cancelled`` when asked to stop.
  public func predictNewest(
    of method: Method, _ section: LoadedSection, at resolution: Resolution = .spots,
    progress: @escaping @Sendable (PredictionProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> EpochPrediction {
    guard let url = method.watchedCheckpoint else {
      throw WorkbenchError("\(method.name) is not a training run.")
    }
    progress(PredictionProgress(stage: "reading \(url.lastPathComponent)", fraction: 0))
    let model = try openModel(url)
    let prediction = try PredictionPlan(model, section, resolution).run(
      named: method.name,
      PredictionWork(
        report: { progress(PredictionProgress(stage: "predicting", fraction: $0)) },
        isCancelled: isCancelled))
    let epoch: Int? =
      if case .integer(let epoch)? = model.checkpoint.trainingProtocol["epoch"] { epoch } else {
        nil
      }
    return EpochPrediction(
      prediction: prediction,
      scores: resolution == .spots
        ? scores(of: prediction, on: section, otherwise: section.normalization) : nil,
      epoch: epoch, file: model.state)
  }
}
