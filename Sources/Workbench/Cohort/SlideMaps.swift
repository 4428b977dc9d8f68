import Foundation
import Images
import Models
import Sections
import TensorCore

/// Turns slides into maps on HiST's grid of 80 rows of 64 tiles, one slide at a time.
///
/// Stains are mean and texture of haematoxylin and eosin in a square of 0.8 of a tile, in units of
/// optical density and 0 beyond the slide. Tiles whose haematoxylin and eosin together are below
/// ``leastDensity`` are glass: an encoder sees them as white.
///
/// Source: HiST's released preparation of slides. Departures: stains are ours; tiles are not resized but
/// read as squares around their middle, in the slide's own orientation; no tumour's mask is among the
/// maps, as there are no checkpoints of one.
struct SlideMaps {
  /// What tissue has at least, in units of optical density.
  static let leastDensity = 0.2
  /// The columns of ``StainStatistics`` taken: those of the smallest square.
  static let stains = StainStatistics.names.indices.filter {
    StainStatistics.names[$0].hasSuffix("within 0.4 pitches")
  }

  private let parts: Set<CohortRequest.Maps>
  private let encoder: FrozenEncoder?
  private let model: HiST?
  /// What the encoder and the model's make of a white tile.
  private let white: (encoder: Tensor?, model: Tensor?)
  /// What the maps are made by, a sentence each.
  let notes: [String]

  /// Reads the encoder and the model that the maps asked for need.
  init(_ request: CohortRequest, with workbench: Workbench) throws(WorkbenchError) {
    parts = request.maps
    var notes: [String] = []
    var model: HiST?
    if let url = request.model {
      let opened = try workbench.openModel(url)
      guard let network = opened.network as? HiST else {
        throw WorkbenchError(
          "\(url.path) holds \(opened.entry.title), and maps of genes come from HiST. Name a HiST "
            + "checkpoint.")
      }
      model = network
      if parts.contains(.genes) {
        notes.append(
          "\(network.configuration.genes) genes as \(url.lastPathComponent) (HiST, xxh64:"
            + "\(opened.fingerprint)) predicts them of each tile")
      }
    }
    var encoder: FrozenEncoder?
    if parts.contains(.features) {
      let read = try request.encoder.map(Self.encoder)
      guard let found = read?.encoder ?? model?.encoder else {
        throw WorkbenchError("Maps of features come from an encoder. Name its file.")
      }
      encoder = found
      notes.append("\(found.featureWidth) features a tile of \(read?.summary ?? "HiST's encoder")")
    }
    if parts.contains(.genes), model == nil {
      throw WorkbenchError("Maps of genes come from a HiST checkpoint. Name its file.")
    }
    if parts.contains(.stains) {
      notes.append(
        "\(Self.stains.count) stain statistics a tile: mean and gradient at three sizes of "
          + "haematoxylin and eosin")
    }
    self.encoder = encoder
    self.model = parts.contains(.genes) ? model : nil
    white = (encoder.map(Self.white), self.model.map { Self.white($0.encoder) })
    self.notes = notes
  }

  /// How many maps a slide gets.
  var count: Int {
    (model?.configuration.genes ?? 0) + (encoder?.featureWidth ?? 0)
      + (parts.contains(.stains) ? Self.stains.count : 0)
  }

  /// The maps of a slide, `[count, 80, 64]`, and its nuclei: each tile weighs as its haematoxylin, glass
  /// nothing.
  ///
  /// - Throws: for a slide too small for the grid, without tissue, or that cannot be read.
  func stack(
    of image: ImageFile, named name: String, clinical: [Float] = [], _ work: PredictionWork
  ) throws(ModelError) -> PatientStack {
    let grid = try SlideGrid(width: image.width, height: image.height, slideName: name)
    let spots = grid.spots
    let side = Double(grid.tileWidth * grid.tileHeight).squareRoot()
    let encodes = encoder != nil || model != nil
    let statistics = try StainStatistics(
      of: spots, pitchPixels: side, image: image, work.part(from: 0, to: encodes ? 0.05 : 1))
    let stains = Self.stains(statistics, isOnSlide: spots.map { image.contains($0) })
    let tissue = spots.indices.filter {
      stains[$0 * Self.stains.count] + stains[$0 * Self.stains.count + Self.stains.count / 2]
        >= Float(Self.leastDensity)
    }
    guard !tissue.isEmpty else {
      throw ModelError("Slide \(name) shows no tissue. Remove its row, or name another image.")
    }
    let cells = SlideCells(
      input: SectionInput(sectionName: name, spots: spots, image: image, pitchPixels: side),
      tissue: tissue)
    let both = encoder != nil && model != nil
    var parts: [Tensor] = []
    if let model, let white = white.model {
      let codes = try cells.codes(
        of: model.encoder, white: white, work.part(from: 0.05, to: both ? 0.5 : 1))
      parts.append(
        try model.expression(of: cells.input, features: concatenate([codes, white], along: 0)))
    }
    if let encoder, let white = white.encoder {
      parts.append(
        try cells.codes(of: encoder, white: white, work.part(from: both ? 0.5 : 0.05, to: 1)))
    }
    if self.parts.contains(.stains) {
      parts.append(Tensor(shape: [spots.count, Self.stains.count], stains))
    }
    var nuclei = [Float](repeating: 0, count: spots.count)
    for tile in tissue { nuclei[tile] = max(0, stains[tile * Self.stains.count]) }
    return PatientStack(
      name: name,
      maps: TileGrid.map(concatenate(parts, along: 1)).reshaped(
        to: [count, TileGrid.rows, TileGrid.columns]), weights: nuclei, clinical: clinical)
  }

  /// The columns taken, `[cells, stains]`, 0 beyond the slide.
  private static func stains(_ statistics: StainStatistics, isOnSlide: [Bool]) -> [Float] {
    let width = StainStatistics.names.count
    return isOnSlide.indices.flatMap { cell in
      stains.map { isOnSlide[cell] ? Float(statistics.values[cell * width + $0]) : 0 }
    }
  }

  private static func white(_ encoder: FrozenEncoder) -> Tensor {
    let side = encoder.encoder.inputSidePixels
    return encoder.encoder.features(Tensor(shape: [1, 3 * side * side], repeating: 255))
  }

  private static func encoder(
    _ url: URL
  ) throws(WorkbenchError) -> (encoder: FrozenEncoder, summary: String) {
    do {
      let checkpoint = try EncoderCheckpoint(reading: url)
      var parameters = Parameters(listing: (), given: try checkpoint.frozen(file: url.path))
      let encoder = FrozenEncoder(checkpoint.settings, &parameters)
      return (encoder, checkpoint.summary(fingerprint: encoder.fingerprint))
    } catch { throw WorkbenchError("\(error)") }
  }
}

/// The tiles of a slide, and which of them show tissue.
private struct SlideCells {
  let input: SectionInput
  let tissue: [Int]

  /// What an encoder makes of all tiles, `[cells, width]`; glass is white.
  func codes(
    of encoder: FrozenEncoder, white: Tensor, _ work: PredictionWork
  ) throws(ModelError) -> Tensor {
    var shown = input
    shown.spots = tissue.map { input.spots[$0] }
    let codes = try encoder.features(
      of: shown, windowPixels: max(1, Int(input.pitchPixels.rounded())), work)
    var rowOfCell = [Int](repeating: tissue.count, count: input.spots.count)
    for (row, cell) in tissue.enumerated() { rowOfCell[cell] = row }
    return gather(concatenate([codes, white], along: 0), rowOfCell)
  }
}

extension ImageFile {
  fileprivate func contains(_ spot: Spot) -> Bool {
    spot.x >= 0 && spot.y >= 0 && spot.x < Double(width) && spot.y < Double(height)
  }
}
