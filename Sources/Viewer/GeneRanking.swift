/// How the genes are ordered.
public enum GeneRanking: Sendable, Hashable {
  case name, mean, variance, moransI
  /// By a method's correlation with the observed expression.
  case pearson(String)
  /// By how much better one method correlates than another.
  case gain(String, over: String)
  /// By −log₁₀ p of a method's correlation.
  case significance(String)

  /// The rankings that need no method, in the order one key goes through them.
  public static let unnamed: [GeneRanking] = [.variance, .moransI, .name, .mean]

  /// The ranking as the list's heading says it.
  public var title: String {
    switch self {
    case .name: "name"
    case .mean: "mean"
    case .variance: "variance"
    case .moransI: "Moran's I"
    case .pearson(let method): "PCC \(method)"
    case .gain(let method, let other): "gain \(method) − \(other)"
    case .significance(let method): "−log10 p \(method)"
    }
  }

  /// The methods whose scores it takes.
  var methods: [String] {
    switch self {
    case .name, .mean, .variance, .moransI: []
    case .pearson(let method), .significance(let method): [method]
    case .gain(let method, let other): [method, other]
    }
  }
}

/// Written as a word, or a word and names: `variance`, `pearson:THItoGene`, `gain:A over B`.
extension GeneRanking: RawRepresentable, Codable {
  /// Reads what ``rawValue`` writes, or nil for anything else.
  public init?(rawValue: String) {
    switch rawValue {
    case "name": self = .name
    case "mean": self = .mean
    case "variance": self = .variance
    case "moransI": self = .moransI
    default:
      let parts = rawValue.split(separator: ":", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { return nil }
      switch parts[0] {
      case "pearson": self = .pearson(parts[1])
      case "significance": self = .significance(parts[1])
      case "gain":
        guard let between = parts[1].range(of: " over ") else { return nil }
        self = .gain(
          String(parts[1][..<between.lowerBound]), over: String(parts[1][between.upperBound...]))
      default: return nil
      }
    }
  }

  /// The ranking as saved views name it.
  public var rawValue: String {
    switch self {
    case .name: "name"
    case .mean: "mean"
    case .variance: "variance"
    case .moransI: "moransI"
    case .pearson(let method): "pearson:\(method)"
    case .gain(let method, let other): "gain:\(method) over \(other)"
    case .significance(let method): "significance:\(method)"
    }
  }
}
