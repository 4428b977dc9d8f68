import Foundation

/// The page that goes with the sample data.
enum SampleReadme {
  static func text(sections: [SampleSection], cohort: SampleCohort, seed: UInt64) -> String {
    """
    # Sample data

    Made, not measured: three sections of two invented patients, drawn and counted by a program, and
    a cohort of \(cohort.patients.count) more with a slide each.
    No tissue, no patient and no published data went into it; nothing here says anything about
    cancer. It lets every command of Eosin run without a download.

    Seed \(seed). Made by

    ```
    swift run -c release make-sample-data --seed \(seed) SampleData
    ```

    The same seed gives the same bytes on the same system.

    ## Files

    The layout is that of the HER2-positive breast cancer data of Andersson et al. (2021), legacy
    Spatial Transcriptomics: `data/ST-cnts` (counts, spots × genes), `data/ST-spotfiles` (selected
    spots), `data/ST-imgs/<patient>/<section>` (H&E, \(TissueMap.side) × \(TissueMap.side) pixels),
    `data/ST-pat/lbl` (labels). Spots are \(Int(SpotLattice.pitch)) pixels apart; a patch of 112
    pixels around any of them lies inside the image.

    | section | patient | selected spots | count rows | genes | remark |
    |---|---|---|---|---|---|
    \(sections.map(row).joined(separator: "\n"))

    Labels:

    | section | \(labels.joined(separator: " | ")) |
    |---|\(labels.map { _ in "---|" }.joined())
    \(sections.map(labelRow).joined(separator: "\n"))

    `models` holds what was trained on P1 and P2, with Q1 held out, by `make sample-models` in the
    project's folder: small checkpoints of THItoGene, HisToGene, Hist2ST, ST-Net, HiST and HESpotEx,
    and the ridge baseline. HiST and HESpotEx hold an encoder trained on patches of P1 and P2 first.
    `eosin model info` tells of each how it was made.

    `gene-sets.gmt` holds gene sets over these genes: one for each programme below but the last, one
    of the strong genes of two, and one drawn by lot. `gene-positions.tsv` says where the genes lie in
    an invented genome of six chromosomes: the places are drawn by lot and are not those of people,
    but for the genes of the amplicon being neighbours.

    `cohort` is \(cohort.patients.count) invented patients with an overview of one slide each, \(CohortSlide.width) × \(CohortSlide.height)
    pixels. `cohort.tsv` has the slide, the months until the event or the end, the event (\(cohort.patients.count(where: \.hasEvent)) of
    them), age, stage and response. The risk grows with the grade of the cancer, which is dark, and
    with its share of the slide; it falls with the lymphocytes along its border, and age adds a little:
    `risk = 5 · grade + 2.5 · cancer − 3 · immunity + 0.03 · (age − 62)`, all but age 0...1. Event times
    are Weibull of shape 2 and scale `110 · e^(−risk / 2)` months. The response follows the lymphocytes
    and the stage the share of cancer, both loosely.

    ## What the counts follow

    Visible genes share 60 % of a spot's counts and the rest 40 %, each apart, so that genes of the
    last two programmes cannot be predicted from the image or from the others' totals. Genes marked
    weak follow their programme loosely. Library sizes are log-normal, 3,000 to 10,000; counts are
    negative binomial with dispersion 0.04.

    | programme | follows | genes | weak |
    |---|---|---|---|
    \(Programme.allCases.map(programmeRow).joined(separator: "\n"))

    """
  }

  private static let labels = Tissue.allCases.map(\.label).sorted()

  private static func row(_ section: SampleSection) -> String {
    let specification = section.specification
    let remark =
      specification.hasGaps
      ? "one count row has no selected spot, one selected spot has no count row" : "complete"
    return "| \(specification.name) | \(specification.patient) | \(section.spots.count) | "
      + "\(section.countRows.count) | \(section.genes.count) | \(remark) |"
  }

  private static func labelRow(_ section: SampleSection) -> String {
    let counts = labels.map { label in section.spots.count { $0.label == label } }
    return "| \(section.specification.name) | \(counts.map(String.init).joined(separator: " | ")) |"
  }

  private static func programmeRow(_ programme: Programme) -> String {
    let genes = GenePanel.genes.filter { $0.programme == programme }
    func list(_ isWeak: Bool) -> String {
      genes.filter { $0.isWeak == isWeak }.map(\.symbol).joined(separator: ", ")
    }
    let isSplit = programme.isVisible
    let all = genes.map(\.symbol).joined(separator: ", ")
    return "| \(programme.rawValue) | \(programme.meaning) | \(isSplit ? list(false) : all) | "
      + "\(isSplit ? list(true) : "") |"
  }
}
