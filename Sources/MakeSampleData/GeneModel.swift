import Foundation

/// What a spot's surroundings offer to the genes' programmes, each 0...1 or so.
struct SpotSurroundings: Sendable {
  var levels: [Programme: Double] = [:]

  /// Looks at the authors' patch of 112 pixels and at the nuclei within 50 pixels.
  init(of spot: SampleSpot, in map: TissueMap, nuclei: NucleusField) {
    let shares = map.shares(x: spot.pixelX, y: spot.pixelY, side: 112)
    func share(_ tissue: Tissue) -> Double { shares[Int(tissue.rawValue)] }
    let near = nuclei.nuclei(around: spot.pixelX, spot.pixelY, within: 50)
    let tumour = near.filter { $0.kind == .tumour }
    let lymphocytes = near.count { $0.kind == .lymphocyte }
    let area = tumour.reduce(0) { $0 + Double($1.area * $1.darkness) }
    let grade = Double(map.grade(Float(spot.pixelX), Float(spot.pixelY)))
    levels = [
      .tumour: share(.cancer), .amplicon: share(.cancer),
      .lipid: share(.cancer) * (1.2 - 0.9 * grade),
      // 45 nuclei of 120 dark square pixels fill a spot of high grade.
      .proliferation: min(1.3, area / 5_400),
      .stroma: share(.stroma) + 0.5 * share(.gland), .fat: share(.fat),
      .immune: min(1.2, Double(lymphocytes) / 60), .gland: share(.gland),
      .housekeeping: 0, .random: 0,
    ]
  }
}

/// Draws counts that depend on what is around a spot.
///
/// A gene's rate is `base · e^(gain · level + noise)`. Visible genes share 60 % of a spot's
/// library and the others 40 %, each normalised on its own, so that what is not to be predicted
/// is not given away by what is. Counts are negative binomial around library size times share.
struct GeneModel: Sendable {
  private let genes: [PanelGene]
  private let bases: [Double]
  private let gains: [Double]
  private let visibleShare = 0.6
  private let dispersion = 0.04

  /// Base levels and gains are the same for all sections of a seed.
  init(genes: [PanelGene], seed: UInt64) {
    self.genes = genes
    var generator = SeededGenerator(seed: seed, stream: 61)
    bases = genes.map { gene in
      exp(generator.normal() * 0.7 + (gene.programme.isVisible ? 0 : 0.4))
    }
    gains = genes.map { gene in
      (gene.isWeak ? 0.9 : 2.6) * generator.uniform(0.85...1.15)
    }
  }

  /// Counts of all genes at each spot.
  func counts(
    at surroundings: [SpotSurroundings], patientStream: UInt64, seed: UInt64
  ) -> [[Int]] {
    var ofPatient = SeededGenerator(seed: mix(seed, patientStream), stream: 62)
    let amplicon = ofPatient.uniform(0.8...1.4)
    var generator = SeededGenerator(seed: seed, stream: 63)
    let sectionLevels = genes.map { $0.programme == .random ? generator.normal() * 0.5 : 0 }
    return surroundings.map { surrounding in
      let library = librarySize(&generator)
      let rates = genes.indices.map { index in
        let gene = genes[index]
        let gain = gains[index] * (gene.programme == .amplicon ? amplicon : 1)
        let level = surrounding.levels[gene.programme] ?? 0
        return bases[index]
          * exp(gain * level + sectionLevels[index] + noise(of: gene) * generator.normal())
      }
      return draw(rates, library, &generator)
    }
  }

  private func noise(of gene: PanelGene) -> Double {
    if gene.programme == .random { return 0.5 }
    return gene.isWeak && gene.programme.isVisible ? 0.4 : 0.1
  }

  /// Log-normal around 5,500, held between 3,000 and 10,000.
  private func librarySize(_ generator: inout SeededGenerator) -> Double {
    min(max(5_500 * exp(0.28 * generator.normal()), 3_000), 10_000)
  }

  private func draw(
    _ rates: [Double], _ library: Double, _ generator: inout SeededGenerator
  ) -> [Int] {
    var visible = 0.0
    var hidden = 0.0
    for (gene, rate) in zip(genes, rates) {
      if gene.programme.isVisible { visible += rate } else { hidden += rate }
    }
    return zip(genes, rates).map { gene, rate in
      let share =
        gene.programme.isVisible
        ? visibleShare * rate / visible : (1 - visibleShare) * rate / hidden
      return generator.count(mean: library * share, dispersion: dispersion)
    }
  }
}
