import Models
import Sections
import TensorCore

/// One prediction that is going to be made: by which weights, of which places.
struct PredictionPlan: Sendable {
  let model: OpenModel
  let section: LoadedSection
  let resolution: Resolution
  /// The spots that lie on the image, in the section's order.
  let predictedSpots: [Int]
  let input: SectionInput

  init(
    _ model: OpenModel, _ section: LoadedSection, _ resolution: Resolution
  ) throws(WorkbenchError) {
    self.model = model
    self.section = section
    self.resolution = resolution
    (input, predictedSpots) = try section.predictionInput(for: model.entry.title)
  }

  /// What the prediction depends on, as a file's name.
  var cacheKey: String {
    section.predictionKey(resolution.rawValue, weights: model.fingerprint, input)
  }

  /// Makes the prediction.
  func run(named method: String, _ work: PredictionWork) throws(WorkbenchError) -> Prediction {
    do {
      return switch resolution {
      case .spots: try atSpots(method, work)
      case .dense: try between(method, work)
      }
    } catch {
      throw error == .cancelled ? .cancelled : WorkbenchError(error.description)
    }
  }

  private func atSpots(
    _ method: String, _ work: PredictionWork
  ) throws(ModelError) -> Prediction {
    let predicted = try model.network.predict(input, work)  // [spots, genes]
    return prediction(
      method, section.valuesByGene(predicted, at: predictedSpots),
      spotCount: section.section.spots.count)
  }

  private func between(
    _ method: String, _ work: PredictionWork
  ) throws(ModelError) -> Prediction {
    let inputs = model.network.denserInputs(input)
    var parts: [Tensor] = []
    for (index, input) in inputs.enumerated() {
      let (start, end) = (Double(index), Double(index + 1))
      let count = Double(inputs.count)
      parts.append(
        try model.network.predict(input, work.part(from: start / count, to: end / count)))
    }
    let spots = inputs.flatMap(\.spots)
    return prediction(
      method, concatenate(parts, along: 0).transposed().array, spotCount: spots.count,
      denserSpots: spots)
  }

  private var genes: [String] { model.checkpoint.genes }

  private func prediction(
    _ method: String, _ values: [Float], spotCount: Int, denserSpots: [Spot]? = nil
  ) -> Prediction {
    Prediction(
      method: method, genes: genes, spotCount: spotCount, values: values,
      denserSpots: denserSpots, normalization: model.checkpoint.normalization,
      origin: model.origin, notes: notes)
  }

  /// What a reader of the prediction has to know about single spots.
  private var notes: [String] {
    var notes: [String] = []
    let missing = section.section.spots.count - predictedSpots.count
    if missing > 0 {
      notes.append(
        "\(missing) spot\(missing == 1 ? "" : "s") not predicted: not on the image.")
    }
    if let side = model.network.patchSidePixels {
      let leaving = input.spotsLeavingImage(side: side)
      if leaving > 0 {
        notes.append(
          "\(leaving) spot\(leaving == 1 ? "" : "s") near the image's border: what their patches "
            + "have beyond it is white.")
      }
    }
    return notes
  }
}

extension LoadedSection {
  /// What something predicted of the section depends on, as a file's name.
  ///
  /// - Parameters:
  ///   - kind: what is predicted.
  ///   - weights: the hash of the weights, as `xxh64:0123456789abcdef`.
  func predictionKey(_ kind: String, weights: String, _ input: SectionInput) -> String {
    var print = Fingerprint()
    print.add("prediction 2, \(kind), \(input.pitchPixels)")
    for spot in section.spots {
      print.add("\(spot.id) \(spot.column) \(spot.row) \(spot.x) \(spot.y)")
    }
    print.add(contentsOf: input.image.url)
    if let nuclei = section.nuclei { print.add(contentsOf: nuclei) }
    return "\(weights.split(separator: ":").last ?? "")-\(print.digits)"
  }

  /// What a model can see of the section, and where the spots that lie on its image stand among all.
  ///
  /// - Parameter model: its title, for messages.
  /// - Throws: for a section without an image, or none of whose spots lie on it.
  func predictionInput(
    for model: String
  ) throws(WorkbenchError) -> (input: SectionInput, spots: [Int]) {
    let name = section.name
    guard let image = section.image else {
      throw WorkbenchError(
        "Section \(name) has no image, and \(model) predicts from it. Name it with "
          + "--image, or put it beside the section's counts.")
    }
    let spots = section.spots
    let onImage = spots.indices.filter { spot in
      0..<Double(image.width) ~= spots[spot].x && 0..<Double(image.height) ~= spots[spot].y
    }
    guard !onImage.isEmpty else {
      throw WorkbenchError(
        "No spot of section \(name) lies on its image, \(image.width) × \(image.height) px. Give "
          + "the image that the spots were placed on.")
    }
    var input = SectionInput(
      sectionName: name, spots: onImage.map { spots[$0] }, image: image, pitchPixels: layout.pitch)
    input.nuclei = section.nuclei.map(NucleusFile.init)
    return (input, onImage)
  }

  /// What is predicted at some of the spots, `[spots, genes]`, gene by gene at all of them: NaN where
  /// nothing was.
  func valuesByGene(_ predicted: Tensor, at places: [Int]) -> [Float] {
    let byGene = predicted.transposed().array
    let (count, width) = (section.spots.count, places.count)
    guard width < count else { return byGene }
    let genes = byGene.count / width
    var values = [Float](repeating: .nan, count: genes * count)
    for gene in 0..<genes {
      for (place, spot) in places.enumerated() {
        values[gene * count + spot] = byGene[gene * width + place]
      }
    }
    return values
  }
}
