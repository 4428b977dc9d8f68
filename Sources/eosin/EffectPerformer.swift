import Foundation
import Sections
import Synchronization
import Viewer
import Workbench

/// Does what the viewer asks for: each effect is one call of the workbench and answers with one
/// event; predictions report on their way too. The same for the terminal, where effects run beside
/// it, and for static frames.
final class EffectPerformer: Sendable {
  private let dataSet: DataSet
  private let panel: Panel?
  private let workbench = Workbench()
  /// The section read last; effects that name it are about this one.
  private let current = Mutex<(index: Int, section: LoadedSection)?>(nil)

  init(dataSet: DataSet, panel: Panel?) {
    self.dataSet = dataSet
    self.panel = panel
  }

  /// Does one effect; nil for those that are not the workbench's, and for late ones.
  ///
  /// - Parameter report: takes what happens before the effect is done.
  func perform(
    _ effect: ViewerEffect, report: @escaping @Sendable (ViewerEvent) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) -> ViewerEvent? {
    switch effect {
    case .load(let index, let gene):
      if let preview = workbench.preview(dataSet.sections[index], of: dataSet, gene: gene) {
        report(.sectionPreviewed(index, preview))
      }
      do {
        let section = try workbench.load(dataSet.sections[index], of: dataSet, panel: panel)
        current.withLock { $0 = (index, section) }
        DispatchQueue.global(qos: .utility).async { [workbench] in
          workbench.keepCounts(of: section)
        }
        return .sectionLoaded(index, section)
      } catch { return .sectionFailed(index, "\(error)") }
    case .lay(let index, let placement):
      guard let section = section(index)?.relaid(as: placement) else { return nil }
      current.withLock { $0 = (index, section) }
      return .sectionLaid(index, section)
    case .readImage(let index):
      guard let section = section(index), let image = section.section.image else { return nil }
      do {
        let picture = try workbench.picture(of: image)
        if let doubt = PlacementDoubt(about: section, on: picture) {
          report(.placementDoubted(index, doubt))
        }
        return .imageRead(index, picture)
      } catch { return .imageFailed(index, "\(error)") }
    case .readDetail(let index, let area, let reduction):
      guard let image = section(index)?.section.image else { return nil }
      do {
        return .detailRead(index, try workbench.detail(of: image, area, reducedBy: reduction))
      } catch { return .detailFailed(index, "\(error)") }
    case .summarize(let index, let normalization):
      guard let section = section(index) else { return nil }
      return .summarized(index, normalization, workbench.statistics(of: section, normalization))
    case .computeMoransI(let index, let normalization):
      guard let section = section(index) else { return nil }
      return .moransIComputed(index, normalization, workbench.moransI(of: section, normalization))
    case .computeAttainable(let index, let normalization):
      guard let section = section(index),
        let values = try? workbench.attainable(
          on: section, genes: Array(section.section.genes.indices), normalization,
          library: section.panel, isCancelled: isCancelled)
      else { return nil }
      return .attainableComputed(index, normalization, values.attainable)
    case .cluster(let index, let settings, let prediction):
      guard let section = section(index) else { return nil }
      do {
        return .clustered(
          index,
          try workbench.clusters(
            of: section, predictedBy: prediction, settings, isCancelled: isCancelled))
      } catch { return error == .cancelled ? nil : .clusteringFailed(index, settings, "\(error)") }
    case .predict(let index, let method, let resolution):
      guard let section = section(index) else { return nil }
      let steps = ProgressSteps()
      let progress: @Sendable (PredictionProgress) -> Void = { progress in
        guard steps.isNews(progress) else { return }
        report(.predicting(index, method, resolution, progress))
      }
      do {
        guard !method.isWatched else {
          let epoch = try workbench.predictNewest(
            of: method, section, at: resolution, progress: progress, isCancelled: isCancelled)
          return .epochPredicted(index, method, resolution, epoch)
        }
        let prediction = try workbench.predict(
          method, section, at: resolution, progress: progress, isCancelled: isCancelled)
        return .predicted(index, method, resolution, prediction)
      } catch {
        return error == .cancelled
          ? nil : .predictionFailed(index, method, resolution, "\(error)")
      }
    case .mapTumour(let index, let file):
      guard let section = section(index) else { return nil }
      let steps = ProgressSteps()
      do {
        let map = try workbench.tumourMap(
          file, of: section,
          progress: { if steps.isNews($0) { report(.mappingTumour(index, $0)) } },
          isCancelled: isCancelled)
        return .tumourMapped(index, map)
      } catch { return error == .cancelled ? nil : .tumourFailed(index, "\(error)") }
    case .score(let index, let method, let prediction, let normalization):
      guard let section = section(index) else { return nil }
      // What could at best be reached takes longer to find out: the scores come first.
      let scores = MethodScores(of: prediction, on: section, otherwise: normalization)
      report(.scored(index, method, normalization, scores))
      return .scored(
        index, method, normalization,
        workbench.withAttainable(scores, of: prediction, on: section, otherwise: normalization))
    case .evaluate(let index, let method, let normalization):
      return evaluate(index, method, normalization, report: report, isCancelled: isCancelled)
    case .recluster(let index, let settings, let seeds, let prediction):
      guard let section = section(index) else { return nil }
      var results: [ClusterResult] = []
      for seed in seeds {
        var other = settings
        other.seed = seed
        guard
          let result = try? workbench.clusters(
            of: section, predictedBy: prediction, other, isCancelled: isCancelled)
        else { return nil }
        results.append(result)
      }
      return .reclustered(index, settings, results)
    case .explain(let index, let request):
      return explain(index, request, report: report, isCancelled: isCancelled)
    case .mapCopyNumber(let index, let query, let prediction):
      guard let section = section(index) else { return nil }
      do {
        return .copyNumberMapped(
          index, try workbench.copyNumberMap(of: section, predictedBy: prediction, query))
      } catch { return .copyNumberFailed(index, query, "\(error)") }
    case .fingerprint(let index):
      return section(index).map { .fingerprinted(index, $0.fingerprint) }
    case .export(let request): return export(request)
    case .quit, .suspend, .redraw, .copy, .remember, .cancelPrediction, .cancelEvaluation,
      .cancelTumour, .cancelExplaining:
      return nil
    }
  }

  /// Scores a method on a section, whichever is on display.
  private func evaluate(
    _ index: Int, _ method: Method, _ normalization: Normalization,
    report: @escaping @Sendable (ViewerEvent) -> Void, isCancelled: @escaping @Sendable () -> Bool
  ) -> ViewerEvent? {
    let steps = ProgressSteps()
    let plan = EvaluationPlan(
      dataSet: dataSet.name, format: dataSet.format, sections: dataSet.sections,
      methods: [method], panel: panel, normalization: normalization, settings: .ofViewer)
    do {
      let scores = try workbench.scores(
        of: plan, on: dataSet.sections[index],
        progress: { progress in
          guard steps.isNews(progress) else { return }
          report(.evaluating(index, method, normalization, progress))
        }, isCancelled: isCancelled)
      return .evaluated(index, method, normalization, scores)
    } catch {
      return error == .cancelled
        ? nil : .evaluationFailed(index, method, normalization, "\(error)")
    }
  }

  /// Finds out what drove a prediction.
  private func explain(
    _ index: Int, _ request: DriversRequest,
    report: @escaping @Sendable (ViewerEvent) -> Void, isCancelled: @escaping @Sendable () -> Bool
  ) -> ViewerEvent? {
    guard let section = section(index) else { return nil }
    let steps = ProgressSteps()
    do {
      let drivers = try workbench.drivers(
        request, of: section,
        progress: { progress in
          guard steps.isNews(progress) else { return }
          report(.explained(index, request, .working(progress)))
        }, isCancelled: isCancelled)
      return .explained(index, request, .done(drivers))
    } catch {
      return error == .cancelled ? nil : .explained(index, request, .failed("\(error)"))
    }
  }

  private func section(_ index: Int) -> LoadedSection? {
    current.withLock { $0?.index == index ? $0?.section : nil }
  }

  private func export(_ request: ExportRequest) -> ViewerEvent {
    guard let section = section(request.section) else {
      return .exportFailed("The section has changed; export again.")
    }
    // `~` is the shell's business elsewhere; here nobody else would expand it.
    let file = URL(filePath: (request.path as NSString).expandingTildeInPath)
    if !request.replacing, FileManager.default.fileExists(atPath: file.path) {
      return .exportWouldReplace(request)
    }
    do {
      let notes = try write(request, of: section, to: file)
      return .exported(([request.path] + notes).joined(separator: ". "))
    } catch { return .exportFailed("\(error)") }
  }

  /// Writes what was asked for; gives what could not be written of it.
  private func write(
    _ request: ExportRequest, of section: LoadedSection, to file: URL
  ) throws -> [String] {
    switch request.content {
    case .clusters(let format, let clusterOfSpot, let letters, let names):
      let export = ClusterExport(
        section: section, clusterOfSpot: clusterOfSpot, letters: letters, names: names)
      try export.write(as: format, to: file, replacing: request.replacing)
    case .section(
      let format, let predictions, let clusters, let labelsFirst, let normalization, let gene):
      var conversion = try workbench.conversion(
        of: section, methods: [], normalization: normalization, withPicture: format == .h5ad)
      conversion.export.predictions = predictions
      let labels = conversion.category
      for categories in clusters { conversion.add(categories) }
      if labelsFirst, let labels { conversion.category = labels }
      conversion.shapes = conversion.category == nil ? .spots : .both
      conversion.genes = [gene].compactMap(\.self)
      return try conversion.write(as: format, to: file, replacing: request.replacing)
    case .picture(let view, let width, let height):
      let isVector = PictureExport.isVector(file)
      guard let picture = view.picture(width: width, height: height, asShapes: isVector) else {
        throw WorkbenchError("There is no room for the panels in \(width) × \(height).")
      }
      try picture.write(to: file, replacing: request.replacing)
    }
    return []
  }
}

/// Lets through what changes the screen: each stage, and each percent of it.
private final class ProgressSteps: Sendable {
  private let last = Mutex<(stage: String, percent: Int)>(("", -1))

  func isNews(_ progress: PredictionProgress) -> Bool {
    last.withLock { last in
      let next = (stage: progress.stage, percent: Int(progress.fraction * 100))
      defer { last = next }
      return next != last
    }
  }
}
