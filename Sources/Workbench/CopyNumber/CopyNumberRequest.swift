import Evaluation
import Sections

/// What a view of copy numbers is made of.
public struct CopyNumberRequest: Sendable {
  /// Where the genes lie.
  public var positions: GenePositions
  /// Which spots stand together.
  public var groups: Annotation
  /// The groups that are taken for normal, one or more.
  public var references: [String]
  /// How expression becomes copy numbers.
  public var settings = CopyNumberSettings()
  /// Observed genes seen at fewer reference spots are left out.
  public var leastSpots = 3
  /// Whether chromosomes without a number, such as X, Y and M, are shown too.
  public var includesAllChromosomes = false

  /// Takes what has no usual value.
  public init(positions: GenePositions, groups: Annotation, references: [String]) {
    self.positions = positions
    self.groups = groups
    self.references = references
  }
}

/// Genes that have a position and are seen, in genomic order.
struct PlacedGenes {
  /// Indices into the expression's genes.
  var genes: [Int] = []
  var positions: [GenePosition] = []
  /// The names of the chromosomes, and the genes of each as indices into ``genes``.
  var chromosomes: [(name: String, genes: Range<Int>)] = []
  /// What was left out, a sentence each.
  var notes: [String] = []

  /// - Parameter isSeen: whether a gene of the expression is to be shown.
  init(
    of expression: NamedExpression, _ request: CopyNumberRequest, isSeen: (Int) -> Bool
  ) throws(WorkbenchError) {
    let place = Dictionary(uniqueKeysWithValues: zip(expression.genes, expression.genes.indices))
    let placed = request.positions.positions.filter { place[$0.gene] != nil }
    let isNumbered = placed.contains { $0.isOnNumberedChromosome }
    let shown = placed.filter {
      request.includesAllChromosomes || !isNumbered || $0.isOnNumberedChromosome
    }
    for position in shown {
      guard let gene = place[position.gene], isSeen(gene) else { continue }
      if chromosomes.last?.name != position.chromosome {
        chromosomes.append((position.chromosome, genes.count..<genes.count))
      }
      genes.append(gene)
      positions.append(position)
      chromosomes[chromosomes.count - 1].genes =
        chromosomes[chromosomes.count - 1].genes.lowerBound..<genes.count
    }
    guard genes.count > 1 else {
      throw WorkbenchError(
        "Of \(expression.genes.count.grouped) genes \(placed.count.grouped) have a position, and "
          + "\(genes.count) can be shown: too few. Give positions by the names that the section's "
          + "genes have, such as \(expression.genes.prefix(3).joined(separator: ", ")).")
    }
    say(expression.genes.count - placed.count, "without a position left out")
    say(placed.count - shown.count, "on chromosomes without a number left out")
    say(shown.count - genes.count, "seen at too few reference spots left out")
    let window = request.settings.window
    let short = chromosomes.count { $0.genes.count < window }
    if short * 2 > chromosomes.count {
      notes.append(
        "\(short) of \(chromosomes.count) chromosomes have fewer genes than a window of \(window), so "
          + "that little but each chromosome's mean is left: ask for a smaller --window.")
    }
  }

  private mutating func say(_ count: Int, _ rest: String) {
    if count > 0 { notes.append("\(count.grouped) gene\(count == 1 ? "" : "s") \(rest).") }
  }
}

extension GenePosition {
  fileprivate var isOnNumberedChromosome: Bool { Int(chromosome.withoutChromosomePrefix) != nil }
}
