import Evaluation
import Sections

extension SectionScoring {
  /// Resamples the spots, the same for all methods; fills in each method's replicates and gives those
  /// of the pairs.
  ///
  /// Some genes at a time: all resamplings of all genes of a large section would not fit.
  func addIntervals(to methods: inout [SectionScores.MethodColumns]) -> [SectionScores.Pair] {
    let spots = section.section.spots.count
    guard plan.settings.bootstrapReplicates > 0, spots > 2, !genes.isEmpty else { return [] }
    let bootstrap = SpotBootstrap(
      spotCount: spots, replicates: plan.settings.bootstrapReplicates, seed: plan.settings.seed)
    let resamplings = predictions.map { Resampling($0, self, bootstrap) }
    var means = predictions.map { _ in ReplicateMeans(plan.settings.constantGenes) }
    var pairs = predictions.indices.flatMap { first in
      predictions.indices[(first + 1)...].map { PairOfMethods(first: first, second: $0) }
    }
    for start in stride(from: 0, to: genes.count, by: genesAtOnce) {
      let part = genes[start..<min(start + genesAtOnce, genes.count)]
      let replicates = resamplings.map { $0.replicates(of: part) }
      for place in means.indices { means[place].add(replicates[place]) }
      for place in pairs.indices { pairs[place].add(replicates) }
    }
    for place in methods.indices {
      methods[place].replicates = NumberColumn(means[place].values)
    }
    return pairs.map { pair in
      SectionScores.Pair(
        first: predictions[pair.first].method, second: predictions[pair.second].method,
        lower: NumberColumn(pair.intervals.map(\.lower)),
        upper: NumberColumn(pair.intervals.map(\.upper)),
        replicates: NumberColumn(pair.means.values))
    }
  }
}

private let genesAtOnce = 256

/// Replicates of genes, each a row; nil for a gene that was not predicted.
private typealias Replicates = [ArraySlice<Double>?]

/// A prediction whose correlations are taken over resampled spots.
private struct Resampling {
  let prediction: Prediction
  let bootstrap: SpotBootstrap
  let observed: NormalizedExpression
  /// For each of the section's genes its row in the prediction; nil for those not predicted.
  let rowOfGene: [Int: Int]

  init(_ prediction: Prediction, _ scoring: SectionScoring, _ bootstrap: SpotBootstrap) {
    self.prediction = prediction
    self.bootstrap = bootstrap
    let section = scoring.section.section
    observed = scoring.observed(for: prediction)
    var rowOfName: [String: Int] = [:]
    for (row, name) in prediction.genes.enumerated() { rowOfName[name] = row }
    var rowOfGene: [Int: Int] = [:]
    for gene in scoring.genes { rowOfGene[gene] = rowOfName[section.genes[gene]] }
    self.rowOfGene = rowOfGene
  }

  func replicates(of genes: ArraySlice<Int>) -> Replicates {
    let predicted = genes.filter { rowOfGene[$0] != nil }
    let width = prediction.spotCount
    let measured = observed.block(ofGenes: predicted)
    let correlations = bootstrap.correlations(
      ofGenesFrom: measured.starts, spots: measured.spots, values: measured.values,
      with: predicted.flatMap { gene in
        let row = rowOfGene[gene]!  // Those without one are filtered out.
        return prediction.values[row * width..<(row + 1) * width]
      }, measuredGene: Array(predicted.indices))
    var next = 0
    return genes.map { gene in
      guard rowOfGene[gene] != nil else { return nil }
      defer { next += bootstrap.replicates }
      return correlations[next..<next + bootstrap.replicates]
    }
  }
}

/// Each resampling's mean over genes, those without a correlation treated by a convention.
private struct ReplicateMeans {
  private let convention: CorrelationSummary.ConstantGenes
  private var sums: [Double] = []
  private var counts: [Double] = []

  init(_ convention: CorrelationSummary.ConstantGenes) { self.convention = convention }

  var values: [Double] { zip(sums, counts).map { $0 / $1 } }

  mutating func add(_ genes: Replicates) {
    for case let gene? in genes {
      if sums.isEmpty {
        sums = Array(repeating: 0, count: gene.count)
        counts = sums
      }
      for (place, value) in gene.enumerated() {
        switch convention {
        case .leftOut where value.isNaN: continue
        case .countedAsZero where value.isNaN: break
        default: sums[place] += value
        }
        counts[place] += 1
      }
    }
  }
}

/// Two methods over the same resampled spots: the differences of their correlations.
private struct PairOfMethods {
  let first: Int
  let second: Int
  /// A gene each, in the order of the table.
  var intervals: [BootstrapInterval] = []
  /// Over the genes that both have a correlation for.
  var means = ReplicateMeans(.leftOut)

  init(first: Int, second: Int) {
    self.first = first
    self.second = second
  }

  mutating func add(_ replicates: [Replicates]) {
    let differences = zip(replicates[first], replicates[second]).map { first, second in
      first.flatMap { first in second.map { second in zip(first, second).map { $0 - $1 }[...] } }
    }
    intervals += differences.map { BootstrapInterval(ofReplicates: $0.map(Array.init) ?? []) }
    means.add(differences)
  }
}
