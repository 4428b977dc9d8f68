import Foundation
import Images
import Models
import Sections
import TensorCore

extension Workbench {
  /// Fits models to the slides of a cohort, fold by fold, and scores each on patients that it did
  /// not learn from.
  ///
  /// Slides are read one after another; what encoders make of them is kept between runs.
  ///
  /// - Parameters:
  ///   - progress: hears how far it has come, between tiles and epochs.
  ///   - isCancelled: asked as often.
  /// - Throws: for a slide that is not there or cannot be read, a cohort that nothing can be learned
  ///   from, and ``WorkbenchError/cancelled`` when asked to stop.
  public func study(
    _ cohort: Cohort, _ request: CohortRequest,
    progress: @escaping @Sendable (PredictionProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> CohortReport {
    let slides = try cohort.slides(for: request)
    let clinical = try ClinicalValues(
      of: slides, in: request.task == .prognosis ? cohort : cohort.withoutClinical)
    let maps = try SlideMaps(request, with: self)
    let images = try cohort.images(of: slides)
    try checkMemory(slides: slides.count, maps: maps.count)
    func work(_ stage: String, from start: Double, to end: Double) -> PredictionWork {
      PredictionWork(
        report: {
          progress(PredictionProgress(stage: stage, fraction: start + (end - start) * $0))
        }, isCancelled: isCancelled, features: features)
    }
    // An encoder takes far longer than training does; stains are read at once.
    let middle = request.maps == [.stains] ? 0.1 : 0.9
    do {
      let reading = work("reading slides", from: 0, to: middle)
      var stacks: [PatientStack] = []
      for (index, slide) in slides.enumerated() {
        let part = reading.part(
          from: Double(index) / Double(slides.count), to: Double(index + 1) / Double(slides.count))
        stacks.append(
          try maps.stack(
            of: images[index], named: slide.name, clinical: clinical.rows[index], part))
      }
      let training = work("training", from: middle, to: 1)
      return CohortReport(
        of: cohort, request, slides: slides, maps: maps, clinical: clinical,
        result: try result(slides, stacks, cohort, request, training))
    } catch { throw WorkbenchError(error.description) }
  }

  private func result(
    _ slides: [Cohort.Slide], _ stacks: [PatientStack], _ cohort: Cohort,
    _ request: CohortRequest, _ work: PredictionWork
  ) throws(ModelError) -> CohortReport.Result {
    switch request.task {
    case .prognosis:
      let patients = zip(slides, stacks).compactMap { slide, stack in
        slide.outcome.map { SurvivalPatient(stack, time: $0.time, event: $0.event) }
      }
      return .prognosis(try PrognosisRun(request: request, patients: patients).result(work))
    case .response:
      let patients = zip(slides, stacks).compactMap { slide, stack in
        slide.response.map { ResponsePatient(stack, response: $0) }
      }
      return .response(
        try ResponseRun(request: request, patients: patients, classes: cohort.responses)
          .result(work))
    }
  }

  /// Training holds the maps of all patients, and of those in a step some four times more.
  private func checkMemory(slides: Int, maps: Int) throws(WorkbenchError) {
    let bytes = Double(slides) * Double(maps) * Double(TileGrid.cellCount * 4) * 5
    let memory = Double(ProcessInfo.processInfo.physicalMemory)
    guard bytes < memory * 0.8 else {
      throw WorkbenchError(
        String(
          format: "%d slides of %d maps take about %.1f GB to train on, and this machine has %.1f. "
            + "Take fewer --maps, or a machine with more memory.", slides, maps, bytes / 1e9,
          memory / 1e9))
    }
  }
}

extension Cohort {
  /// The slides that can be learned from.
  ///
  /// - Throws: where there are too few of them.
  fileprivate func slides(for request: CohortRequest) throws(WorkbenchError) -> [Slide] {
    let table = url.lastPathComponent
    let known = request.task == .prognosis ? followed : slides.filter { $0.response != nil }
    guard !known.isEmpty else {
      throw WorkbenchError(
        request.task == .prognosis
          ? "\(table) tells no times and events. Name their columns with --time-column and "
            + "--event-column, or ask for --task response."
          : "\(table) tells no responses. Name their column with --response-column, or ask for "
            + "--task prognosis.")
    }
    guard known.count >= 2 * request.folds else {
      throw WorkbenchError(
        "\(table) has \(known.count) slide\(known.count == 1 ? "" : "s") to learn from, too few for "
          + "\(request.folds) folds of two or more. Add slides, or take fewer --folds.")
    }
    if request.task == .prognosis {
      let events = known.count { $0.outcome?.event == true }
      guard events >= request.folds else {
        throw WorkbenchError(
          "\(table): \(events) of \(known.count) patients had the event, too few for "
            + "\(request.folds) folds with one each. Add patients with the event, or take fewer "
            + "--folds.")
      }
    } else if Set(known.map(\.response)).count < 2 {
      throw WorkbenchError(
        "\(table): all \(known.count) patients have one response. Add patients with another.")
    }
    return known
  }

  /// The images of slides, their headers read.
  ///
  /// - Throws: naming the first that is not there or no image.
  fileprivate func images(of slides: [Slide]) throws(WorkbenchError) -> [ImageFile] {
    try slides.map { (slide) throws(WorkbenchError) in
      let file = url(of: slide)
      let place = "\(url.lastPathComponent), line \(slide.line): slide \(quoted(slide.name))"
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder) else {
        throw WorkbenchError(
          "\(place) is not there. Write its path as seen from the table's folder.")
      }
      guard !isFolder.boolValue else {
        throw WorkbenchError("\(place) is a folder. Write the path of the slide's image.")
      }
      do { return try ImageFile(opening: file) } catch {
        throw WorkbenchError("\(place) cannot be read: \(error)")
      }
    }
  }

  fileprivate var withoutClinical: Cohort {
    var cohort = self
    cohort.clinical = []
    return cohort
  }
}
