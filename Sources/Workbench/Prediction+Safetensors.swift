import Foundation
import Models
import Sections

// A prediction as safetensors: the tensor `expression`, [spots, genes] of F32, and texts beside it:
//
//   genes, spots      JSON arrays of names; without spots they are the section's, in their order
//   denser_spots      JSON array of [id, column, row, x, y], for a prediction between the spots
//   method            text
//   protocol          text, or a JSON object of where the values come from
//   normalization     JSON object as in a checkpoint
//   notes             JSON array of sentences
private let tensorName = "expression"
private enum Key: String {
  case genes, spots, method, normalization, notes
  case origin = "protocol"
  case denserSpots = "denser_spots"
}

extension Prediction {
  /// Writes the prediction whole or not at all; equal predictions give equal files.
  ///
  /// - Parameter spots: the section's spots, whose names are written so that others can join them;
  ///   nil where whoever reads the file has the same section.
  public func write(
    safetensors url: URL, spots: [Spot]? = nil, replacing: Bool
  ) throws(WorkbenchError) {
    let names = (denserSpots ?? spots)?.map(\.id)
    precondition(names.map { $0.count == spotCount } ?? true)
    var texts: [Key: String] = [.genes: array(genes), .method: method]
    texts[.spots] = names.map(array)
    if !notes.isEmpty { texts[.notes] = array(notes) }
    texts[.denserSpots] = denserSpots.map { spots in
      JSON.array(
        spots.map { spot in
          .array([
            .string(spot.id), .integer(spot.column), .integer(spot.row), .number(spot.x),
            .number(spot.y),
          ])
        }
      ).text
    }
    do {
      texts[.normalization] = try normalization.map { try JSON(encoding: $0).text }
      texts[.origin] = try origin.map { try JSON(encoding: $0).text }
      let tensor = StoredTensor(
        name: tensorName, shape: [spotCount, geneCount],
        floats: transposed(values, rows: geneCount, columns: spotCount))
      try Safetensors.write(
        [tensor], metadata: Dictionary(uniqueKeysWithValues: texts.map { ($0.rawValue, $1) }),
        to: url, replacing: replacing)
    } catch { throw WorkbenchError("\(error)") }
  }

  /// Reads what ``write(safetensors:spots:replacing:)`` wrote, spot names aside, for the section it
  /// was made of.
  public init(readingSafetensors url: URL) throws(WorkbenchError) {
    self = try StoredPrediction(reading: url).prediction
  }
}

/// What a safetensors file of predictions holds.
struct StoredPrediction {
  let prediction: Prediction
  /// The names of the rows, where the file has them.
  let spotNames: [String]?
  private let url: URL

  init(reading url: URL) throws(WorkbenchError) {
    func refused(_ problem: String) -> WorkbenchError {
      WorkbenchError("\(url.path): \(problem)")
    }
    self.url = url
    let file: TensorFile
    do { file = try TensorFile(reading: url) } catch { throw WorkbenchError(error.description) }
    guard let tensor = file[tensorName], tensor.shape.count == 2 else {
      throw refused(
        "has no tensor '\(tensorName)' of spots by genes. A model's weights go to --model.")
    }
    func text(_ key: Key) -> String? {
      if case .string(let text)? = file.metadata[key.rawValue] { text } else { nil }
    }
    func damaged(_ key: Key) -> WorkbenchError {
      refused("has a damaged '\(key.rawValue)' in its metadata. Export it again.")
    }
    func strings(_ key: Key) throws(WorkbenchError) -> [String]? {
      guard let text = text(key) else { return nil }
      guard case .array(let values)? = JSON(text: text) else { throw damaged(key) }
      let strings = values.compactMap { if case .string(let string) = $0 { string } else { nil } }
      guard strings.count == values.count else { throw damaged(key) }
      return strings
    }
    guard let genes = try strings(.genes) else {
      throw refused(
        "does not name its genes. Put a JSON array of symbols under 'genes' in its metadata.")
    }
    spotNames = try strings(.spots)
    let (spots, width) = (tensor.shape[0], tensor.shape[1])
    for (what, names, length) in [("genes", genes, width), ("spots", spotNames ?? [], spots)]
    where names.count != length && !(what == "spots" && spotNames == nil) {
      throw refused(
        "names \(names.count.grouped) \(what) where its tensor has \(length.grouped). Export it "
          + "again.")
    }
    var normalization: Normalization?
    if let text = text(.normalization) {
      normalization =
        Normalization.presets.first { $0.name == text }
        ?? JSON(text: text).flatMap { try? $0.decoded(as: Normalization.self) }
      guard normalization != nil else { throw damaged(.normalization) }
    }
    var denserSpots: [Spot]?
    if let text = text(.denserSpots) {
      denserSpots = JSON(text: text).flatMap(Self.spots)
      guard denserSpots?.count == spots else { throw damaged(.denserSpots) }
    }
    prediction = Prediction(
      method: text(.method) ?? url.deletingPathExtension().lastPathComponent, genes: genes,
      spotCount: spots, values: transposed(tensor.floats(), rows: spots, columns: width),
      denserSpots: denserSpots, normalization: normalization,
      origin: text(.origin).map(Self.origin), notes: try strings(.notes) ?? [])
  }

  /// The prediction held against a section, by names.
  func prediction(named method: String, of section: Section) throws(WorkbenchError) -> Prediction {
    guard let spotNames else {
      throw WorkbenchError(
        "\(url.path): does not name its spots. Put a JSON array of names under 'spots' in its "
          + "metadata.")
    }
    let positions = prediction.denserSpots?.map {
      PredictionTable.Position(x: $0.x, y: $0.y)
    }
    let table = PredictionTable(
      file: url, rowNames: spotNames, columnNames: prediction.genes,
      values: transposed(
        prediction.values, rows: prediction.geneCount, columns: prediction.spotCount),
      positions: positions,
      sidecar: PredictionSidecar(
        normalization: prediction.normalization, origin: prediction.origin))
    do {
      var joined = try table.prediction(named: method, of: section)
      joined.notes = prediction.notes + joined.notes
      return joined
    } catch { throw WorkbenchError(error.description) }
  }

  /// What a text tells of where values come from: all of it in JSON, or a sentence.
  private static func origin(_ text: String) -> PredictionOrigin {
    JSON(text: text).flatMap { try? $0.decoded(as: PredictionOrigin.self) }
      ?? PredictionOrigin(summary: text)
  }

  private static func spots(_ json: JSON) -> [Spot]? {
    guard case .array(let rows) = json else { return nil }
    func number(_ value: JSON) -> Double? {
      switch value {
      case .integer(let value): Double(value)
      case .number(let value): value
      default: nil
      }
    }
    let spots = rows.compactMap { row -> Spot? in
      guard case .array(let parts) = row, parts.count == 5, case .string(let id) = parts[0],
        case .integer(let column) = parts[1], case .integer(let row) = parts[2],
        let x = number(parts[3]), let y = number(parts[4])
      else { return nil }
      return Spot(id: id, column: column, row: row, x: x, y: y)
    }
    return spots.count == rows.count ? spots : nil
  }
}

private func array(_ names: [String]) -> String { JSON.array(names.map(JSON.string)).text }

/// `[rows, columns]` as `[columns, rows]`.
private func transposed(_ values: [Float], rows: Int, columns: Int) -> [Float] {
  var result = [Float](repeating: 0, count: values.count)
  let values = values.span
  var filled = result.mutableSpan
  for row in 0..<rows {
    for column in 0..<columns { filled[column * rows + row] = values[row * columns + column] }
  }
  return result
}
