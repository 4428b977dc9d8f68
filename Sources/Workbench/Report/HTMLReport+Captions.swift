import Evaluation

extension HTMLReport {
  /// What a figure shows and how to read it.
  func caption(_ figure: ReportFigure) -> String {
    switch figure {
    case .boxplot:
      "Pearson's correlation of each gene over \(places) of a section, as in Figure 2 of the "
        + "THItoGene paper. Boxes hold the middle half of the genes, the line is the median, the "
        + "diamond the mean; whiskers reach to the last gene within 1.5 box heights."
        + attainable("line is the mean of what could at best be reached, explained above")
    case .ablation:
      "Mean correlation over genes\(report.sections.count > 1 ? " and sections" : ""), as in "
        + "Figure 3 of the THItoGene paper; paler bars are models without some of their "
        + "parts." + attainable("tick is the mean attainable correlation")
    case .genes:
      "Each gene as it was measured and as each method predicts it, as in Figure 4 of the THItoGene "
        + "paper: the genes with the highest mean over sections of −log₁₀ p, on the section where "
        + "the best method for the gene predicts it best. Maps of a row share one colour scale, from "
        + "the 1st to the 99th percentile of all their values. These genes are the best of "
        + "\(geneNames.count.grouped), not typical ones."
    case .clusters: clusterCaption
    case .markers:
      "How much higher a gene is in a labelled region than in the other labelled regions, in units "
        + "of normalized expression, as in Figure 6 of the THItoGene paper. Genes are chosen by what "
        + "was observed; predictions are narrower in range, so compare the pattern rather than the "
        + "size."
    case .paired:
      "Each gene's correlation under the first method less that under the second, averaged over "
        + "sections and then over genes. The test is Wilcoxon's signed-rank test over genes; genes "
        + "of a section are not independent, so its p is too small."
    }
  }

  private var places: String {
    report.settings.places == .tissue ? "the spots" : "all cells of the grid"
  }

  /// What the dashes of a figure are, where it has any.
  private func attainable(_ words: String) -> String {
    report.settings.attainableRepeats > 0 ? " The dashed \(words)." : ""
  }

  private var clusterCaption: String {
    let compared = report.sections.compactMap(\.clusters)
    guard let first = compared.first else { return "" }
    let seeds = first.seeds.count
    let spread =
      seeds > 1
      ? " The adjusted Rand index (ARI) is the mean over \(seeds) seeds ± their standard deviation; "
        + "the maps are those of seed \(first.seeds[0])." : ""
    return "The pathologist's labels on the tissue, then clusters of the observed and of each "
      + "predicted expression, as in Figure 5 of the THItoGene paper: as many clusters as there are "
      + "labelled regions, each in the colour of the region it matches best. Pale spots have no "
      + "label or are undetermined.\(spread)"
  }
}
