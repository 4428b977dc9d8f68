import Foundation
import TestSupport
import Testing

@testable import Sections

/// Entries by spot, in arrays.
private struct HeldEntries: SpotMajorEntries {
  var spotCount: Int
  var geneCount: Int
  var starts: [Int]
  var genes: [UInt32]
  var counts: [Float]

  func genes(ofEntries range: Range<Int>) -> [UInt32] { Array(genes[range]) }
  func counts(ofEntries range: Range<Int>) -> [Float] { Array(counts[range]) }
  func damaged(_ problem: String) -> SectionError {
    SectionError(subject: "a.h5 'matrix'", problem: problem)
  }
}

/// A matrix by its rows, the plain way.
private func dense(_ entries: HeldEntries) -> [[Float]] {
  (0..<entries.spotCount).map { spot in
    var row = [Float](repeating: 0, count: entries.geneCount)
    for entry in entries.starts[spot]..<entries.starts[spot + 1]
    where entries.counts[entry].isFinite {
      row[Int(entries.genes[entry])] += entries.counts[entry]
    }
    return row
  }
}

private func rows(_ matrix: SparseMatrix) -> [[Float]] {
  let columns = (0..<matrix.geneCount).map { matrix.values(ofGene: $0) }
  return (0..<matrix.spotCount).map { spot in columns.map { $0[spot] } }
}

/// Entries in no order, some zero, some twice, spots without any.
private func randomEntries(
  spots: Int, genes: Int, most: Int, using generator: inout SeededNumbers, isClean: Bool
) -> HeldEntries {
  var entries = HeldEntries(
    spotCount: spots, geneCount: genes, starts: [0], genes: [], counts: [])
  for _ in 0..<spots {
    let count = Int.random(in: 0...most, using: &generator)
    let named =
      isClean
      ? Array((0..<genes).shuffled(using: &generator).prefix(count))
      : (0..<count).map { _ in Int.random(in: 0..<genes, using: &generator) }
    for gene in named {
      entries.genes.append(UInt32(gene))
      entries.counts.append(
        Float(Int.random(in: (isClean ? 1 : 0)...5, using: &generator)))
    }
    entries.starts.append(entries.genes.count)
  }
  return entries
}

@Suite struct SparseMatrixTests {
  @Test(arguments: 0..<64)
  func `sorting by gene changes no value`(seed: UInt64) throws {
    var generator = SeededNumbers(state: seed)
    let entries = randomEntries(
      spots: Int.random(in: 0...40, using: &generator),
      genes: Int.random(in: 1...30, using: &generator), most: 12, using: &generator,
      isClean: seed % 2 == 0)
    let (matrix, facts) = try SparseMatrix.transposing(entries)
    #expect(rows(matrix) == dense(entries))
    #expect(facts.areCounts && facts.notNumbers == 0)
    #expect(facts.zeros == entries.counts.count { $0 == 0 })
    #expect(
      (0..<matrix.geneCount).allSatisfy { gene in
        matrix.withEntries(ofGene: gene) { spots, counts in
          Array(copying: counts).allSatisfy { $0 != 0 }
            && zip(Array(copying: spots), Array(copying: spots).dropFirst()).allSatisfy { $0 < $1 }
        }
      })
  }

  @Test func `several workers and more genes than two bytes number give the same`() throws {
    var generator = SeededNumbers(state: 7)
    var entries = randomEntries(
      spots: 3000, genes: 50, most: 50, using: &generator, isClean: true)
    let narrow = try SparseMatrix.transposing(entries).matrix
    #expect(rows(narrow) == dense(entries))
    entries.geneCount = 70_000
    for place in entries.genes.indices { entries.genes[place] += 69_950 }
    let wide = try SparseMatrix.transposing(entries).matrix
    #expect(narrow.entryCount > 1 << 16)
    #expect(wide.block(ofGenes: 69_950..<70_000) == narrow.block(ofGenes: 0..<50))
  }

  @Test func `what is no count is told`() throws {
    let entries = HeldEntries(
      spotCount: 2, geneCount: 3, starts: [0, 4, 7], genes: [0, 1, 2, 1, 0, 1, 2],
      counts: [1, .nan, -2, 3, 0.5, 0, .infinity])
    let (matrix, facts) = try SparseMatrix.transposing(entries)
    #expect(rows(matrix) == [[1, 3, -2], [0.5, 0, 0]])
    #expect(facts.notNumbers == 2 && facts.negative == 1 && facts.fractions == 1)
    #expect(facts.zeros == 1 && facts.repeated == 1 && !facts.areCounts)
  }

  @Test func `offsets and genes that cannot be are refused`() {
    let sound = HeldEntries(
      spotCount: 2, geneCount: 2, starts: [0, 1, 2], genes: [0, 1], counts: [1, 1])
    var backwards = sound
    backwards.starts = [0, 2, 1]
    var short = sound
    short.starts = [0, 2]
    var foreign = sound
    foreign.genes[1] = 2
    func problem(_ entries: HeldEntries) -> String {
      do { return "\(try SparseMatrix.transposing(entries).matrix.entryCount)" } catch {
        return error.description
      }
    }
    #expect(problem(sound) == "2")
    #expect(
      problem(backwards)
        == "a.h5 'matrix': has offsets that go back from 2 to 1 at spot 2. Export the file again.")
    #expect(
      problem(short)
        == "a.h5 'matrix': has 2 offsets, the first 0, for 2 spots. Export the file again.")
    #expect(
      problem(foreign)
        == "a.h5 'matrix': names gene 2, and there are 2. Export the file again.")
  }

  @Test func `a matrix in a file is the same as in memory, whole, by gene and by block`() throws {
    var generator = SeededNumbers(state: 3)
    let entries = randomEntries(
      spots: 200, genes: 40, most: 30, using: &generator, isClean: true)
    let held = try SparseMatrix.transposing(entries).matrix
    let folder = TemporaryFolder()
    let url = folder.url.appending(path: "matrix.bin")
    try held.write(geneMajor: url)
    let mapped = SparseMatrix(try #require(GeneMajorFile(opening: url)))
    #expect(mapped == held)
    #expect(rows(mapped) == rows(held))
    #expect(mapped.totalsOfSpots() == held.totalsOfSpots())
    #expect(mapped.sumsOfSpots() == held.sumsOfSpots())
    #expect(mapped.sumsOfSpots().totals == held.totalsOfSpots())
    #expect(mapped.block(ofGenes: [5, 3]) == held.block(ofGenes: [5, 3]))
    let blocks = held.geneBlocks(ofEntries: 100)
    #expect(blocks.count > 10)
    #expect(blocks.flatMap { Array($0) } == Array(0..<40))
    let values = blocks.flatMap { held.block(ofGenes: $0).values }
    #expect(values == held.block(ofGenes: 0..<40).values)
  }

  @Test(arguments: [0, 8, 31, 32, 200, 1000])
  func `a file cut short is none`(length: Int) throws {
    var generator = SeededNumbers(state: 3)
    let entries = randomEntries(spots: 20, genes: 40, most: 30, using: &generator, isClean: true)
    let folder = TemporaryFolder()
    let url = folder.url.appending(path: "matrix.bin")
    try SparseMatrix.transposing(entries).matrix.write(geneMajor: url)
    let whole = try Data(contentsOf: url)
    try whole.prefix(length).write(to: url)
    #expect(GeneMajorFile(opening: url) == nil)
    var foreign = whole
    foreign[16] = 41
    try foreign.write(to: url)
    #expect(GeneMajorFile(opening: url) == nil)
  }

  @Test(arguments: [1, 100, 1 << 20])
  func `sorting into a file part by part gives what sorting in memory gives`(memory: Int) throws {
    var generator = SeededNumbers(state: 11)
    let entries = randomEntries(
      spots: 400, genes: 700, most: 600, using: &generator, isClean: false)
    let folder = TemporaryFolder()
    let url = folder.url.appending(path: "sorted.genes")
    try entries.sort(into: url, memory: memory)
    let (matrix, facts) = try SparseMatrix.transposing(entries)
    let file = try #require(GeneMajorFile(opening: url))
    #expect(SparseMatrix(file) == matrix)
    #expect(file.facts == facts)
    #expect(namesInFolder(folder.url) == ["sorted.genes"])
    #expect(matrix.entryCount > 1 << 16)
  }

  @Test func `one gene is the same whether the others are read or not`() throws {
    var generator = SeededNumbers(state: 5)
    let entries = randomEntries(spots: 90, genes: 20, most: 30, using: &generator, isClean: false)
    let all = try SparseMatrix.transposing(entries).matrix
    for gene in 0..<20 {
      let one = try entries.matrix(ofGene: gene)
      #expect(one.values(ofGene: gene) == all.values(ofGene: gene))
      #expect(one.entryCount == all.starts[gene + 1] - all.starts[gene])
    }
    #expect((0..<20).contains(try entries.geneOfMostSpots()))
  }

  @Test func `what was sorted before is found again until the file changes`() throws {
    let folder = TemporaryFolder()
    let file = folder.write("counts", to: "a.h5ad")
    var cache = MatrixCache(folder: folder.url.appending(path: "counts"), memory: 1 << 30)
    cache.fewestEntries = 1
    let origin = try #require(MatrixOrigin(file: file, path: "X"))
    var entries = FoundEntries(origin: origin)
    func sorted() throws -> SparseMatrix {
      try MatrixCache.$current.withValue(cache) { try SparseMatrix.transposing(entries).matrix }
    }
    let matrix = try sorted()
    var section = Section(
      name: "a", patient: "a", platform: "AnnData",
      spots: (0..<2).map { Spot(id: "\($0)", column: $0, row: 0, x: 0, y: 0) }, genes: ["A", "B"],
      counts: matrix)
    section.countsOrigin = origin
    section.countsFacts.zeros = 3
    cache.keep(section)
    #expect(cache.kept(origin)?.facts.zeros == 3)
    // What is kept is taken without a look at the entries.
    entries.isBroken = true
    #expect(try sorted() == matrix)
    folder.write("counts anew", to: "a.h5ad")
    let changed = try #require(MatrixOrigin(file: file, path: "X"))
    #expect(changed != origin && cache.kept(changed) == nil)
    #expect(try #require(MatrixOrigin(file: file, path: "layers/counts")) != changed)
  }

  @Test func `what is too large for memory is sorted into the cache`() throws {
    let folder = TemporaryFolder()
    let file = folder.write("counts", to: "a.h5ad")
    let cache = MatrixCache(folder: folder.url.appending(path: "counts"), memory: 8)
    let origin = try #require(MatrixOrigin(file: file, path: "X"))
    let entries = FoundEntries(origin: origin)
    let matrix = try MatrixCache.$current.withValue(cache) {
      try SparseMatrix.transposing(entries).matrix
    }
    #expect(matrix.arrays == nil)
    #expect(rows(matrix) == [[1, 2], [0, 3]])
  }
}

/// Entries of a file, which can be made unreadable.
private struct FoundEntries: SpotMajorEntries {
  let origin: MatrixOrigin?
  var isBroken = false
  let spotCount = 2
  let geneCount = 2
  let starts = [0, 2, 3]

  func genes(ofEntries range: Range<Int>) throws(SectionError) -> [UInt32] {
    if isBroken { throw damaged("is broken.") }
    return Array([0, 1, 1][range])
  }

  func counts(ofEntries range: Range<Int>) throws(SectionError) -> [Float] {
    if isBroken { throw damaged("is broken.") }
    return Array([1, 2, 3][range])
  }

  func damaged(_ problem: String) -> SectionError {
    SectionError(subject: "a.h5ad", problem: problem)
  }
}
