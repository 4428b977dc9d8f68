/// Which genes a mean is taken over.
///
/// As text: `all`, `variable:50`, `expressed:50`, `best:50`. `list:` and what follows it, a file or
/// names, is the caller's to read: no subset is made of such a text, though ``named(_:)`` is
/// written as `list:FASN,GNAS`.
public enum GeneSubset: Sendable, Hashable {
  /// Every gene.
  case all
  /// So many genes of the highest variance of measured expression.
  case mostVariable(Int)
  /// So many genes of the highest mean of measured expression.
  case mostExpressed(Int)
  /// So many genes that the method itself predicts best. A mean over them is optimistic, since they
  /// are chosen with the scores that it is taken of.
  case bestPredicted(Int)
  /// These genes.
  case named([String])

  /// Indices of the genes, the first of each ranking first, equal genes in their own order.
  ///
  /// Fewer where there are not as many. A gene whose value is NaN is in no ranking, and a name that
  /// is not among `names` in no list.
  ///
  /// - Parameters:
  ///   - names: all genes.
  ///   - mean: mean measured expression of each.
  ///   - variance: variance of measured expression of each.
  ///   - scores: how well each is predicted, higher being better.
  public func indices(
    names: [String], mean: [Float], variance: [Float], scores: [Double]
  ) -> [Int] {
    switch self {
    case .all: return Array(names.indices)
    case .mostVariable(let count): return highest(count, of: variance)
    case .mostExpressed(let count): return highest(count, of: mean)
    case .bestPredicted(let count): return highest(count, of: scores)
    case .named(let wanted):
      let indexOfGene = Dictionary(zip(names, names.indices)) { first, _ in first }
      return wanted.compactMap { indexOfGene[$0] }
    }
  }
}

extension GeneSubset: RawRepresentable {
  /// Nil for anything but the texts above with a number of 1 or more.
  public init?(rawValue: String) {
    if rawValue == "all" {
      self = .all
      return
    }
    let parts = rawValue.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = Int(parts[1]), count > 0 else { return nil }
    switch parts[0] {
    case "variable": self = .mostVariable(count)
    case "expressed": self = .mostExpressed(count)
    case "best": self = .bestPredicted(count)
    default: return nil
    }
  }

  /// The subset as text.
  public var rawValue: String {
    switch self {
    case .all: "all"
    case .mostVariable(let count): "variable:\(count)"
    case .mostExpressed(let count): "expressed:\(count)"
    case .bestPredicted(let count): "best:\(count)"
    case .named(let names): "list:\(names.joined(separator: ","))"
    }
  }
}

private func highest<Value: BinaryFloatingPoint>(_ count: Int, of values: [Value]) -> [Int] {
  let ranked = values.indices.filter { !values[$0].isNaN }
    .sorted { (values[$1], $0) < (values[$0], $1) }
  return Array(ranked.prefix(max(count, 0)))
}

/// Written as its text; a list of names is read back too.
extension GeneSubset: Codable {
  /// Reads what ``encode(to:)`` wrote.
  public init(from decoder: any Decoder) throws {
    let text = try String(from: decoder)
    if text.hasPrefix("list:") {
      self = .named(text.dropFirst(5).split(separator: ",").map(String.init))
    } else if let subset = GeneSubset(rawValue: text) {
      self = subset
    } else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "no genes are named by '\(text)'"))
    }
  }

  /// Writes its text.
  public func encode(to encoder: any Encoder) throws { try rawValue.encode(to: encoder) }
}
