import Dispatch
import Foundation
import Synchronization

extension SpotMajorEntries {
  /// A matrix in which one gene alone has its counts, found by looking through all entries on all
  /// cores.
  func matrix(ofGene gene: Int) throws(SectionError) -> SparseMatrix {
    let entries = starts[spotCount]
    let parts = (0..<entries).parts(of: entriesOfPart)
    let found = Mutex(
      [Result<[(spot: UInt32, count: Float)], SectionError>?](
        repeating: nil, count: parts.count))
    DispatchQueue.concurrentPerform(iterations: parts.count) { number in
      let part = Result { () throws(SectionError) in try entriesOf(gene, in: parts[number]) }
      found.withLock { $0[number] = part }
    }
    var spots: [UInt32] = []
    var counts: [Float] = []
    for case let part? in found.withLock({ $0 }) {
      for (spot, count) in try part.get() {
        if spots.last == spot {
          counts[counts.count - 1] += count
        } else {
          spots.append(spot)
          counts.append(count)
        }
      }
    }
    return SparseMatrix(
      spotCount: spotCount, starts: (0...geneCount).map { $0 > gene ? spots.count : 0 },
      spots: spots, values: counts)
  }

  /// The gene seen most often among the first entries.
  func geneOfMostSpots() throws(SectionError) -> Int {
    var seen = [Int](repeating: 0, count: geneCount)
    for gene in try genes(ofEntries: 0..<min(starts[spotCount], entriesOfPart))
    where gene < geneCount { seen[Int(gene)] += 1 }
    return seen.indices.max { seen[$0] < seen[$1] } ?? 0
  }

  private func entriesOf(
    _ gene: Int, in part: Range<Int>
  ) throws(SectionError) -> [(spot: UInt32, count: Float)] {
    let places = try genes(ofEntries: part).places(of: UInt32(gene))
    guard !places.isEmpty else { return [] }
    let counts = try counts(ofEntries: part)
    var spot = starts.spot(ofEntry: part.lowerBound)
    return places.compactMap { place in
      while starts[spot + 1] <= part.lowerBound + place { spot += 1 }
      var facts = EntryFacts()
      return facts.take(counts[place]) ? (UInt32(spot), counts[place]) : nil
    }
  }
}

private let entriesOfPart = 1 << 20

extension [UInt32] {
  /// Where a number is.
  fileprivate func places(of number: UInt32) -> [Int] {
    var places: [Int] = []
    withUnsafeBufferPointer { numbers in
      for place in numbers.indices where numbers[place] == number { places.append(place) }
    }
    return places
  }
}
