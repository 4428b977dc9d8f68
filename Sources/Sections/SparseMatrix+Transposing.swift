import Dispatch
import Foundation
import Synchronization

extension SparseMatrix {
  /// Sorts counts that are stored by spot into those of each gene, on all cores.
  ///
  /// The genes of all entries are read first, then the counts, each once; beside the result the genes
  /// are held, in two bytes each where there are no more than 65,536.
  /// What ``MatrixCache`` has is taken from there, and what is too large for memory is sorted into it.
  /// - Returns: the matrix, and what its entries were like.
  /// - Throws: when offsets do not ascend, or a gene is named that there is not.
  public static func transposing(
    _ source: some SpotMajorEntries
  ) throws(SectionError) -> (matrix: SparseMatrix, facts: EntryFacts) {
    try checkStarts(of: source)
    if let cache = MatrixCache.current, let origin = source.origin {
      let entries = source.starts[source.spotCount]
      if entries >= cache.fewestEntries, let kept = cache.kept(origin) { return kept }
      if entries > cache.memory / bytesOfEntry {
        cache.prepare()
        try source.sort(into: cache.url(of: origin), memory: cache.memory)
        if let kept = cache.kept(origin) { return kept }
        throw source.damaged("was sorted into \(cache.folder.path) and cannot be read from there.")
      }
    }
    return source.geneCount <= 1 << 16
      ? try Transposition<UInt16, _>(source).result()
      : try Transposition<UInt32, _>(source).result()
  }

  /// A spot and a count.
  static let bytesOfEntry = 8

  private static func checkStarts(of source: some SpotMajorEntries) throws(SectionError) {
    let starts = source.starts
    guard starts.count == source.spotCount + 1, starts[0] == 0 else {
      throw source.damaged(
        "has \(counted(starts.count, "offset")), the first \(starts.first ?? 0), for "
          + "\(counted(source.spotCount, "spot")). Export the file again.")
    }
    for (spot, (first, next)) in zip(starts, starts.dropFirst()).enumerated() where first > next {
      throw source.damaged(
        "has offsets that go back from \(first) to \(next) at spot \(spot + 1). "
          + "Export the file again.")
    }
    guard source.spotCount <= Int(UInt32.max), source.geneCount <= Int(UInt32.max) else {
      throw source.damaged("is of more spots or genes than Eosin can number.")
    }
  }
}

/// One sorting of entries by gene. `Gene` holds the number of any gene.
private struct Transposition<Gene, Source: SpotMajorEntries>: Sendable
where Gene: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable {
  let source: Source
  /// The entries of each worker: whole spots, so that a gene named twice at a spot meets one worker.
  let stretches: [Range<Int>]

  /// Read and sorted at a time by each worker.
  private static var entriesAtOnce: Int { 1 << 19 }

  init(_ source: Source) {
    self.source = source
    let starts = source.starts
    let entries = starts[starts.count - 1]
    let cores = entries < 1 << 16 ? 1 : ProcessInfo.processInfo.activeProcessorCount
    let cuts = (0...cores).map { starts.first(notBelow: entries * $0 / cores) }
    stretches = zip(cuts, cuts.dropFirst()).map { $0..<$1 }
  }

  func result() throws(SectionError) -> (matrix: SparseMatrix, facts: EntryFacts) {
    let entries = stretches[stretches.count - 1].upperBound
    let genes = HeldNumbers<Gene>(count: entries)
    var cursors = try eachWorker { _, stretch throws(SectionError) in
      try readGenes(of: stretch, into: genes)
    }
    let starts = Self.starts(makingCursorsOf: &cursors, geneCount: source.geneCount)

    var placed: Result<EntryFacts, SectionError> = .success(EntryFacts())
    var counts: [Float] = []
    var spots = [UInt32](unsafeUninitializedCapacity: entries) { spots, spotsFilled in
      counts = [Float](unsafeUninitializedCapacity: entries) { counts, countsFilled in
        placed = place(genes, at: cursors, in: Target(spots: spots, counts: counts))
        guard case .success = placed else { return }
        // Every entry was placed: those of the cursors of one worker end where the next one's begin.
        spotsFilled = entries
        countsFilled = entries
      }
    }
    var facts = try placed.get()
    facts.repeated = Self.repetitions(spots, starts)
    var settledStarts = starts
    if facts.zeros + facts.notNumbers + facts.repeated > 0 {
      settledStarts = settle(starts, &spots, &counts)
    }
    return (
      SparseMatrix(
        spotCount: source.spotCount, starts: settledStarts, spots: spots, values: counts), facts
    )
  }

  // MARK: The genes of all entries

  /// Reads a stretch's genes; gives how many entries each gene has there.
  private func readGenes(
    of stretch: Range<Int>, into genes: HeldNumbers<Gene>
  ) throws(SectionError) -> [Int] {
    var seen = [Int](repeating: 0, count: source.geneCount)
    for part in stretch.parts(of: Self.entriesAtOnce) {
      let read = try source.genes(ofEntries: part)
      precondition(read.count == part.count, "\(read.count) genes for \(part.count) entries")
      if let foreign = read.first(where: { $0 >= source.geneCount }) {
        throw source.damaged(
          "names gene \(foreign), and there are \(grouped(source.geneCount)). Export the file again."
        )
      }
      genes.take(read, at: part.lowerBound, countingIn: &seen)
    }
    return seen
  }

  /// Where each gene's entries start, and in place of each worker's numbers where its own begin.
  private static func starts(makingCursorsOf seen: inout [[Int]], geneCount: Int) -> [Int] {
    var starts = [0]
    starts.reserveCapacity(geneCount + 1)
    for gene in 0..<geneCount {
      var next = starts[gene]
      for worker in seen.indices {
        (next, seen[worker][gene]) = (next + seen[worker][gene], next)
      }
      starts.append(next)
    }
    return starts
  }

  // MARK: The counts

  /// Where entries go. Workers write to places of their own.
  private struct Target: @unchecked Sendable {
    let spots: UnsafeMutableBufferPointer<UInt32>
    let counts: UnsafeMutableBufferPointer<Float>
  }

  private func place(
    _ genes: HeldNumbers<Gene>, at cursors: [[Int]], in target: Target
  ) -> Result<EntryFacts, SectionError> {
    Result { () throws(SectionError) -> EntryFacts in
      let facts = try eachWorker { worker, stretch throws(SectionError) in
        try place(stretch, of: genes, at: cursors[worker], in: target)
      }
      var sum = EntryFacts()
      for facts in facts { sum.add(facts) }
      return sum
    }
  }

  private func place(
    _ stretch: Range<Int>, of genes: HeldNumbers<Gene>, at cursors: [Int], in target: Target
  ) throws(SectionError) -> EntryFacts {
    var facts = EntryFacts()
    let starts = source.starts
    var spot = starts.spot(ofEntry: stretch.lowerBound)
    var next = cursors
    for part in stretch.parts(of: Self.entriesAtOnce) {
      let counts = try source.counts(ofEntries: part)
      precondition(counts.count == part.count, "\(counts.count) counts for \(part.count) entries")
      var entry = part.lowerBound
      while entry < part.upperBound {
        while starts[spot + 1] <= entry { spot += 1 }
        let end = min(starts[spot + 1], part.upperBound)
        let number = UInt32(truncatingIfNeeded: spot)
        // Safety: genes were checked when they were read. A gene's cursor moves once for each of its
        // entries, counted then, so it stays within the worker's own places.
        next.withUnsafeMutableBufferPointer { next in
          counts.withUnsafeBufferPointer { counts in
            for at in entry..<end {
              let gene = Int(genes.numbers[at])
              let place = next[gene]
              next[gene] = place + 1
              let count = counts[at - part.lowerBound]
              target.spots[place] = number
              target.counts[place] = facts.take(count) ? count : 0
            }
          }
        }
        entry = end
      }
    }
    return facts
  }

  /// How many entries name a gene and spot that the one before names: those of a gene lie in the
  /// order of the spots.
  private static func repetitions(_ spots: [UInt32], _ starts: [Int]) -> Int {
    var repetitions = 0
    let spots = spots.span
    for (first, end) in zip(starts, starts.dropFirst()) where end - first > 1 {
      for entry in first..<end - 1 { repetitions += spots[entry] == spots[entry + 1] ? 1 : 0 }
    }
    return repetitions
  }

  /// Adds up what is named twice and closes the gaps that zeros left; gives the new starts.
  private func settle(
    _ starts: [Int], _ spots: inout [UInt32], _ counts: inout [Float]
  ) -> [Int] {
    var next = 0
    var settled = [0]
    settled.reserveCapacity(starts.count)
    for (first, end) in zip(starts, starts.dropFirst()) {
      let geneStart = next
      for entry in first..<end {
        if next > geneStart, spots[next - 1] == spots[entry] {
          counts[next - 1] += counts[entry]
        } else if counts[entry] != 0 {
          spots[next] = spots[entry]
          counts[next] = counts[entry]
          next += 1
        }
      }
      settled.append(next)
    }
    spots.removeLast(spots.count - next)
    counts.removeLast(counts.count - next)
    return settled
  }

  // MARK: Workers

  /// Does a piece of work on each stretch, on all cores; the first failure in their order wins.
  private func eachWorker<Answer: Sendable>(
    _ work: @Sendable (_ worker: Int, Range<Int>) throws(SectionError) -> Answer
  ) throws(SectionError) -> [Answer] {
    let answers = Mutex([Result<Answer, SectionError>?](repeating: nil, count: stretches.count))
    DispatchQueue.concurrentPerform(iterations: stretches.count) { worker in
      let answer = Result { () throws(SectionError) -> Answer in
        try work(worker, stretches[worker])
      }
      answers.withLock { $0[worker] = answer }
    }
    var done: [Answer] = []
    for case let answer? in answers.withLock({ $0 }) { done.append(try answer.get()) }
    return done
  }
}

/// Numbers in memory that workers fill, each in places of its own.
///
/// `@unchecked Sendable`: no place is written by two workers, and none is read before all are done.
private final class HeldNumbers<Number>: @unchecked Sendable
where Number: FixedWidthInteger & BitwiseCopyable {
  let numbers: UnsafeMutableBufferPointer<Number>

  init(count: Int) { numbers = .allocate(capacity: count) }

  deinit { numbers.deallocate() }

  /// Takes in genes from a place on, and counts each in its place of `seen`.
  func take(_ genes: [UInt32], at start: Int, countingIn seen: inout [Int]) {
    precondition(start >= 0 && start + genes.count <= numbers.count)
    seen.withUnsafeMutableBufferPointer { seen in
      for (place, gene) in genes.enumerated() {
        // Safety: the range was checked above, the genes by the caller.
        numbers[start + place] = Number(truncatingIfNeeded: gene)
        seen[Int(gene)] += 1
      }
    }
  }
}

extension Range<Int> {
  /// The range cut into pieces of a length, the last one shorter.
  func parts(of length: Int) -> [Range<Int>] {
    stride(from: lowerBound, to: upperBound, by: length).map {
      $0..<Swift.min($0 + length, upperBound)
    }
  }
}

extension [Int] {
  /// The first of ascending offsets that is not below an entry.
  fileprivate func first(notBelow entry: Int) -> Int { self[place { $0 >= entry }] }

  /// The spot that an entry belongs to, by the spots' ascending offsets; the last of spots without
  /// entries before it will do, since whoever walks on passes them.
  func spot(ofEntry entry: Int) -> Int { Swift.max(0, place { $0 > entry } - 1) }

  /// The first place at which a condition holds that stays true once it is.
  private func place(where holds: (Int) -> Bool) -> Int {
    var (low, high) = (0, count - 1)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
