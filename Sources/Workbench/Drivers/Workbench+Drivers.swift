import Foundation
import Models
import Sections

extension Workbench {
  /// Finds out which patches drove a model's prediction of a gene at a spot.
  ///
  /// The model is asked once for each patch; one that looks at spots by themselves first, such as
  /// HESpotEx, looks again only at those whose square a patch touches.
  ///
  /// - Throws: for a method that is no network, a section without an image, a gene the model does not
  ///   predict, a spot that is not on the image, and ``WorkbenchError/cancelled``.
  public func drivers(
    _ request: DriversRequest, of section: LoadedSection,
    progress: @escaping @Sendable (PredictionProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> Drivers {
    let (name, spots) = (section.section.name, section.section.spots)
    let method = request.method.of(section: name, patient: section.section.patient)
    guard let url = method.network else { throw WorkbenchError(method.reasonAgainstAsking) }
    progress(PredictionProgress(stage: "reading \(url.lastPathComponent)", fraction: 0))
    let model = try openModel(url)
    let (input, places) = try section.predictionInput(for: model.entry.title)
    guard let gene = model.checkpoint.genes.firstIndex(of: request.gene) else {
      let hint = nearest(to: request.gene, among: model.checkpoint.genes)
        .map { " Did you mean \(quoted($0))?" }
      throw WorkbenchError(
        "\(method.name) does not predict \(quoted(request.gene)).\(hint ?? "") 'eosin model info' "
          + "lists its genes.")
    }
    guard let spot = places.firstIndex(of: request.spot) else {
      throw WorkbenchError(
        "Spot \(quoted(spots[request.spot].id)) of section \(name) is not on the image: nothing is "
          + "predicted there. Choose another.")
    }
    let occlusion = Occlusion(model.network, input)
    func work(_ stage: String, _ start: Double, _ end: Double) -> PredictionWork {
      PredictionWork(
        report: { progress(PredictionProgress(stage: stage, fraction: $0)) },
        isCancelled: isCancelled, features: features
      ).part(from: start, to: end)
    }
    let share = request.parts > 0 ? 0.7 : 1
    do {
      let found = try occlusion.spots(
        driving: gene, at: spot, most: request.most, work("whitening patches", 0, share))
      let parts =
        request.parts > 0
        ? try occlusion.parts(
          driving: gene, at: spot, side: request.parts, work("whitening parts", share, 1)) : nil
      var drops = [Float?](repeating: nil, count: spots.count)
      for (place, spot) in places.enumerated() { drops[spot] = found.drops[place] }
      return Drivers(
        request, of: section, prediction: found.prediction, drops: drops,
        patchPixels: occlusion.sidePixels, parts: parts)
    } catch {
      throw error == .cancelled ? .cancelled : WorkbenchError(error.description)
    }
  }
}

extension LoadedSection {
  /// The index of a spot by its name.
  ///
  /// - Throws: naming the spot most like it.
  public func spot(named id: String) throws(WorkbenchError) -> Int {
    let spots = section.spots
    if let spot = spots.firstIndex(where: { $0.id == id }) { return spot }
    let hint = nearest(to: id, among: spots.map(\.id)).map { " Did you mean \(quoted($0))?" } ?? ""
    throw WorkbenchError("Section \(section.name) has no spot \(quoted(id)).\(hint)")
  }
}

extension Method {
  /// The file of weights that can be asked again with another image; nil for what is read from a
  /// table or a layer.
  public var network: URL? {
    switch source {
    case .checkpoint(let url): url
    case .run: watchedCheckpoint
    case .table, .layer: nil
    }
  }

  /// Why a method without a ``network`` cannot tell what drove it.
  public var reasonAgainstAsking: String {
    "\(name) is read from a file, not made by a network here: there is nothing to ask again"
  }
}
