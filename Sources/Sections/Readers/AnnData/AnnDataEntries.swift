import Foundation
import HDF5

/// The entries of a sparse matrix, line by line: spots of a csr matrix, genes of a csc matrix.
struct AnnDataEntries: Sendable {
  /// The values.
  let data: HDF5Dataset
  /// Where in its line each value is.
  let indices: HDF5Dataset
  /// One offset more than there are lines, from 0; where lines were chosen, of those alone.
  private(set) var starts: [Int]

  private let path: String
  private let file: URL
  /// All indices and values, where a stretch cannot be had without unpacking most of them.
  private var held: (indices: [UInt32], values: [Float])?
  /// Stretches of the file's entries that make up the lines, each with its first entry.
  private var stretches: [(first: Int, inFile: Range<Int>)]

  /// The number of entries.
  var count: Int { starts[starts.count - 1] }

  /// Looks at a group of `data`, `indices` and `indptr`, and reads the last.
  ///
  /// That offsets ascend is checked by whoever reads the lines.
  init(_ group: HDF5Group, lines: Int, of file: URL) throws(SectionError) {
    (data, indices, starts) = try inHDF5 { () throws(HDF5Error) in
      (
        try group.dataset("data"), try group.dataset("indices"),
        try group.dataset("indptr").read(Int.self)
      )
    }
    path = group.path
    self.file = file
    stretches = []
    guard starts.count == lines + 1, starts[0] == 0 else {
      throw damaged(
        "has \(counted(starts.count, "offset")), the first \(starts.first ?? 0), for "
          + "\(grouped(lines)) lines. Write the file again.")
    }
    guard data.shape.count == 1, indices.shape == data.shape, starts[lines] == data.count else {
      throw damaged(
        "has \(counted(data.count, "value")) and \(grouped(indices.count)) indices, and its "
          + "offsets end at \(grouped(starts[lines])). Write the file again.")
    }
    try inHDF5 { () throws(HDF5Error) in
      // Sorted by gene, an entry takes eight bytes, and up to four more meanwhile.
      try data.checkClaim(bytesOfElement: 12)
      try indices.checkClaim(bytesOfElement: 12)
    }
    stretches = [(0, 0..<count)]
  }

  /// The same with some of the lines; nil where those lie in many stretches of the file, so that
  /// reading all is faster, or where offsets do not ascend.
  func lines(_ kept: [Int]) -> AnnDataEntries? {
    var some = self
    some.starts = [0]
    some.stretches = []
    for line in kept {
      let range = (starts[line], starts[line + 1])
      guard range.0 >= 0, range.0 <= range.1, range.1 <= count else { return nil }
      let first = some.count
      some.starts.append(first + range.1 - range.0)
      if let last = some.stretches.last, last.inFile.upperBound == range.0 {
        some.stretches[some.stretches.count - 1].inFile = last.inFile.lowerBound..<range.1
      } else {
        some.stretches.append((first, range.0..<range.1))
      }
      guard some.stretches.count <= 64 else { return nil }
    }
    return some
  }

  /// The same, with all entries in memory where they are stored in chunks so large that each
  /// stretch would unpack millions of others again.
  func heldIfInLargeChunks() throws(SectionError) -> AnnDataEntries {
    let largest = max(data.chunk?.first ?? 0, indices.chunk?.first ?? 0)
    guard largest > 1 << 21, count > 1 << 20 else { return self }
    var whole = self
    whole.held = (try indices(ofEntries: 0..<count), try values(ofEntries: 0..<count))
    return whole
  }

  /// The indices of some entries.
  func indices(ofEntries range: Range<Int>) throws(SectionError) -> [UInt32] {
    if let held { return Array(held.indices[range]) }
    return try inHDF5 { () throws(HDF5Error) in try read(indices, range) }
  }

  /// The values of some entries.
  func values(ofEntries range: Range<Int>) throws(SectionError) -> [Float] {
    if let held { return Array(held.values[range]) }
    return try inHDF5 { () throws(HDF5Error) in try read(data, range) }
  }

  private func read<Number: HDF5Number>(
    _ dataset: HDF5Dataset, _ range: Range<Int>
  ) throws(HDF5Error) -> [Number] {
    var numbers: [Number] = []
    for (first, inFile) in stretches {
      let part = range.clamped(to: first..<first + inFile.count)
      guard !part.isEmpty else { continue }
      let offset = inFile.lowerBound - first
      let read = try dataset.read(
        Number.self, rows: part.lowerBound + offset..<part.upperBound + offset)
      if read.count == range.count { return read }
      numbers += read
    }
    return numbers
  }

  func damaged(_ problem: String) -> SectionError {
    SectionError(file: file, problem: "'\(path)' \(problem)")
  }

  /// Where the matrix can be found again; nil for some of its lines.
  var origin: MatrixOrigin? {
    guard stretches.count == 1, stretches[0].inFile == 0..<data.count else { return nil }
    return MatrixOrigin(file: file, path: path)
  }
}

/// A csr matrix as the sorting of entries by gene takes it.
struct AnnDataSpotEntries: SpotMajorEntries {
  let entries: AnnDataEntries
  let spotCount: Int
  let geneCount: Int

  var starts: [Int] { entries.starts }

  func genes(ofEntries range: Range<Int>) throws(SectionError) -> [UInt32] {
    try entries.indices(ofEntries: range)
  }

  func counts(ofEntries range: Range<Int>) throws(SectionError) -> [Float] {
    try entries.values(ofEntries: range)
  }

  func damaged(_ problem: String) -> SectionError { entries.damaged(problem) }
  var origin: MatrixOrigin? { entries.origin }
}

extension AnnDataEntries {
  /// A csc matrix: what its lines are is what Eosin keeps, once they are checked, sorted and
  /// without zeros.
  func matrixByGene(spotCount: Int) throws(SectionError) -> (SparseMatrix, EntryFacts) {
    for (gene, (first, next)) in zip(starts, starts.dropFirst()).enumerated() where first > next {
      throw damaged(
        "has offsets that go back from \(first) to \(next) at gene \(gene + 1). "
          + "Write the file again.")
    }
    var spots = try indices(ofEntries: 0..<count)
    var values = try values(ofEntries: 0..<count)
    var facts = EntryFacts()
    var isSettled = true
    do {
      let spots = spots.span
      let values = values.span
      for (first, next) in zip(starts, starts.dropFirst()) {
        var last = -1
        for entry in first..<next {
          let spot = Int(spots[entry])
          guard spot < spotCount else {
            throw damaged(
              "names spot \(spot), and there are \(grouped(spotCount)). Write the file again.")
          }
          isSettled = facts.take(values[entry]) && spot > last && isSettled
          last = spot
        }
      }
    }
    if isSettled {
      return (
        SparseMatrix(spotCount: spotCount, starts: starts, spots: spots, values: values), facts
      )
    }
    let settled = settle(&spots, &values, &facts)
    return (
      SparseMatrix(spotCount: spotCount, starts: settled, spots: spots, values: values), facts
    )
  }

  /// Sorts each gene's spots, adds up repeated ones and drops what is no count; gives the starts.
  private func settle(
    _ spots: inout [UInt32], _ values: inout [Float], _ facts: inout EntryFacts
  ) -> [Int] {
    var settled = [0]
    settled.reserveCapacity(starts.count)
    var next = 0
    for (first, end) in zip(starts, starts.dropFirst()) {
      var order = Array(first..<end)
      if !zip(order, order.dropFirst()).allSatisfy({ spots[$0] < spots[$1] }) {
        order.sort { (spots[$0], $0) < (spots[$1], $1) }
      }
      let line = order.map { (spots[$0], values[$0]) }
      let start = next
      for (spot, value) in line {
        let isRepeated = next > start && spots[next - 1] == spot
        if isRepeated { facts.repeated += 1 }
        guard value.isFinite, value != 0 else { continue }
        if isRepeated {
          values[next - 1] += value
        } else {
          (spots[next], values[next]) = (spot, value)
          next += 1
        }
      }
      settled.append(next)
    }
    spots.removeLast(spots.count - next)
    values.removeLast(values.count - next)
    return settled
  }
}
