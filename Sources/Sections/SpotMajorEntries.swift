/// Counts stored spot by spot, as most files have them, read a stretch at a time.
///
/// Spot `s` has the entries `starts[s]..<starts[s + 1]`, in any order of genes. Read from several
/// threads at once.
public protocol SpotMajorEntries: Sendable {
  /// The number of spots.
  var spotCount: Int { get }
  /// The number of genes.
  var geneCount: Int { get }
  /// `spotCount + 1` offsets into the entries; checked by whoever reads them, not by the source.
  var starts: [Int] { get }

  /// The genes of some entries, as many as the range is long.
  func genes(ofEntries range: Range<Int>) throws(SectionError) -> [UInt32]
  /// The counts of some entries, as many as the range is long.
  func counts(ofEntries range: Range<Int>) throws(SectionError) -> [Float]
  /// What to say of entries that are no sparse matrix: the file, and the place inside it.
  func damaged(_ problem: String) -> SectionError
  /// The file and the place inside it, where all entries of the place are meant; else nil.
  var origin: MatrixOrigin? { get }
}

extension SpotMajorEntries {
  /// Nothing that could be found again.
  public var origin: MatrixOrigin? { nil }
}

/// What kind of numbers a matrix was made of.
public struct EntryFacts: Sendable, Hashable {
  /// Entries that are no number, taken as no count.
  public var notNumbers = 0
  /// Entries below zero.
  public var negative = 0
  /// Entries that are zero, left out.
  public var zeros = 0
  /// Entries that name a spot and gene named before, added up.
  public var repeated = 0
  /// Entries that are no whole number.
  public var fractions = 0

  /// Of nothing.
  public init() {}

  /// As ``GeneMajorFile`` has them.
  init(numbers: [Int]) {
    precondition(numbers.count == 5)
    (notNumbers, negative, zeros) = (numbers[0], numbers[1], numbers[2])
    (repeated, fractions) = (numbers[3], numbers[4])
  }

  /// As ``GeneMajorFile`` keeps them.
  var numbers: [Int] { [notNumbers, negative, zeros, repeated, fractions] }

  /// Whether all entries are counts: whole numbers, none below zero.
  public var areCounts: Bool { negative == 0 && fractions == 0 }

  mutating func add(_ other: EntryFacts) {
    notNumbers += other.notNumbers
    negative += other.negative
    zeros += other.zeros
    repeated += other.repeated
    fractions += other.fractions
  }

  /// Takes in one value; whether it is to be kept.
  @inline(__always)
  mutating func take(_ value: Float) -> Bool {
    // Nearly all; from 2²⁴ on every number is whole.
    if value != 0, value.magnitude < 0x1p24 {
      // Without a branch: signs cannot be foretold.
      negative += value < 0 ? 1 : 0
      fractions += Float(Int32(value)) != value ? 1 : 0
      return true
    }
    if !value.isFinite {
      notNumbers += 1
      return false
    }
    if value == 0 {
      zeros += 1
      return false
    }
    if value < 0 { negative += 1 }
    return true
  }
}
