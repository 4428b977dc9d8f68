/// Gene sets over the sample data's genes, and where the genes lie in an invented genome.
enum SampleGeneLists {
  /// A GMT file: a set a programme, one of both parts of two programmes, and one of chance.
  static func geneSets(seed: UInt64) -> String {
    var lines = Programme.allCases.filter { $0 != .random }.map { programme in
      line("SAMPLE_\(programme.rawValue.uppercased())", "follows \(programme.meaning)") {
        $0.programme == programme
      }
    }
    lines.append(
      line("SAMPLE_HER2", "cancer and its amplicon, strong genes") {
        !$0.isWeak && ($0.programme == .tumour || $0.programme == .amplicon)
      })
    var generator = SeededGenerator(seed: seed, stream: 71)
    let drawn = Set(GenePanel.genes.map(\.symbol).shuffled(using: &generator).prefix(15))
    lines.append(line("SAMPLE_CHANCE", "fifteen genes drawn by lot") { drawn.contains($0.symbol) })
    return lines.joined(separator: "\n") + "\n"
  }

  private static func line(
    _ name: String, _ description: String, _ isMember: (PanelGene) -> Bool
  ) -> String {
    ([name, description] + GenePanel.genes.filter(isMember).map(\.symbol)).joined(separator: "\t")
  }

  /// A table of gene, chromosome, start and end: six chromosomes, genes by lot but for the amplicon,
  /// whose genes are neighbours on the third.
  static func positions(seed: UInt64) -> String {
    var generator = SeededGenerator(seed: seed, stream: 72)
    var others = GenePanel.genes.filter { $0.programme != .amplicon }.map(\.symbol)
    others.shuffle(using: &generator)
    var chromosomes = (0..<6).map { place in
      Array(others[others.count * place / 6..<others.count * (place + 1) / 6])
    }
    let amplicon = GenePanel.genes.filter { $0.programme == .amplicon }.map(\.symbol)
    chromosomes[2].insert(contentsOf: amplicon, at: chromosomes[2].count / 2)
    var text = "gene\tchromosome\tstart\tend\n"
    for (index, genes) in chromosomes.enumerated() {
      var start = 1_000_000
      for gene in genes {
        start += Int(generator.uniform(200_000...3_000_000))
        text +=
          "\(gene)\tchr\(index + 1)\t\(start)\t\(start + Int(generator.uniform(3_000...60_000)))\n"
      }
    }
    return text
  }
}
