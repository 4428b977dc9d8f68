import Models
import Sections

extension LoadedSection {
  /// The hash of its spots, genes and counts: what a score was taken on.
  public var fingerprint: String {
    var print = Fingerprint()
    print.add("section 1")
    for spot in section.spots { print.add("\(spot.id) \(spot.x) \(spot.y)") }
    for gene in section.genes { print.add(gene) }
    print.add(section.counts.starts)
    let blocks = section.counts.geneBlocks()
    for genes in blocks { print.add(section.counts.block(ofGenes: genes).spots) }
    for genes in blocks { print.add(section.counts.block(ofGenes: genes).values) }
    return print.digits
  }
}
