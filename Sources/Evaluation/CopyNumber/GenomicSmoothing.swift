/// Moving averages over the genes of each chromosome, in genomic order.
///
/// A pyramid of w genes has the weights 1, 2, … up to the middle and down again; it is one moving sum
/// of another, so that the time does not depend on w. Averages divide by the weights of the genes
/// that are there.
struct GenomicSmoothing: Sendable {
  /// A window's genes and where its sum stands among those of its chromosome.
  private struct Place {
    var genes: Range<Int>
    var sum: Int
    var weight: Double
  }

  private struct Chromosome {
    var genes: Range<Int>
    var widths: [Int]
    var places: [Place]
  }

  private let chromosomes: [Chromosome]

  /// - Parameter chromosomes: the genes of each chromosome.
  init(chromosomes: [Range<Int>], _ settings: CopyNumberSettings) {
    precondition(settings.window > 0 && settings.step > 0, "a window or a step below 1")
    self.chromosomes = chromosomes.map { genes in
      let isOne = settings.ends == .whole && genes.count <= settings.window
      let window = isOne ? max(1, genes.count) : settings.window
      let widths = Self.widths(of: window, isOne ? .flat : settings.smoothing)
      let weights = movingSums(Array(repeating: 1, count: genes.count), widths)
      // The sum at k is that of the window whose last gene is the chromosome's k-th.
      let all =
        settings.ends == .whole
        ? window - 1..<max(genes.count, window) : window / 2..<window / 2 + genes.count
      let kept =
        genes.isEmpty
        ? [] : stride(from: all.lowerBound, to: all.upperBound, by: settings.step).map { $0 }
      let places = kept.map { last in
        let first = max(0, last - window + 1)
        return Place(
          genes: genes.lowerBound + first..<genes.lowerBound + min(last + 1, genes.count),
          sum: last, weight: weights[last])
      }
      return Chromosome(genes: genes, widths: widths, places: places)
    }
  }

  /// The genes of each window, chromosome by chromosome.
  var windows: [[Range<Int>]] { chromosomes.map { $0.places.map(\.genes) } }

  /// The average of each window, chromosome by chromosome.
  func callAsFunction(_ values: [Double]) -> [Double] {
    chromosomes.flatMap { chromosome in
      let sums = movingSums(Array(values[chromosome.genes]), chromosome.widths)
      return chromosome.places.map { sums[$0.sum] / $0.weight }
    }
  }

  /// The widths of the moving sums that one after the other give the weights.
  private static func widths(
    of window: Int, _ smoothing: CopyNumberSettings.Smoothing
  ) -> [Int] {
    smoothing == .flat ? [window] : [(window + 1) / 2, window + 1 - (window + 1) / 2]
  }
}

/// Moving sums one after the other: each is as much longer as its window is wider than 1, and what
/// lies beyond the ends counts as 0.
private func movingSums(_ values: [Double], _ widths: [Int]) -> [Double] {
  widths.reduce(values) { values, width in
    var before = [0.0]
    before.reserveCapacity(values.count + 1)
    for value in values { before.append(before[before.count - 1] + value) }
    return (0..<values.count + width - 1).map { last in
      before[min(last + 1, values.count)] - before[max(0, last - width + 1)]
    }
  }
}
