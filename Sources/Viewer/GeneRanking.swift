import Evaluation

/// How the genes are ordered.
public enum GeneRanking: Sendable, Hashable {
  case name, mean, variance, moransI
  /// By what Pearson's correlation could at best be.
  case attainable
  /// By a method's correlation with the observed expression.
  case pearson(String)
  /// By how much better one method correlates than another.
  case gain(String, over: String)
  /// By −log₁₀ p of a method's correlation.
  case significance(String)
  /// By the share of the attainable correlation that a method reaches.
  case share(String)
  /// By another measure of a method's agreement with the observed expression.
  case measure(GeneMeasure, String)

  /// The rankings that need no method, in the order one key goes through them.
  public static let unnamed: [GeneRanking] = [.variance, .moransI, .name, .mean, .attainable]

  /// The ranking as the list's heading says it.
  public var title: String {
    switch self {
    case .name: "name"
    case .mean: "mean"
    case .variance: "variance"
    case .moransI: "Moran's I"
    case .attainable: "attainable PCC"
    case .pearson(let method): "PCC \(method)"
    case .gain(let method, let other): "gain \(method) − \(other)"
    case .significance(let method): "−log10 p \(method)"
    case .share(let method): "share of attainable \(method)"
    case .measure(let measure, let method): "\(measure.symbol) \(method)"
    }
  }

  /// The same of another method, where it is of this one alone.
  func moved(from method: String, to other: String) -> GeneRanking {
    switch self {
    case .pearson(method): .pearson(other)
    case .significance(method): .significance(other)
    case .share(method): .share(other)
    case .measure(let measure, method): .measure(measure, other)
    default: self
    }
  }

  /// Whether its values are shares, told in percent.
  var isShare: Bool {
    if case .share = self { return true }
    return false
  }

  /// The methods whose scores it takes.
  var methods: [String] {
    switch self {
    case .name, .mean, .variance, .moransI, .attainable: []
    case .pearson(let method), .significance(let method), .share(let method),
      .measure(_, let method):
      [method]
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
    case "attainable": self = .attainable
    default:
      let parts = rawValue.split(separator: ":", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { return nil }
      switch parts[0] {
      case "pearson": self = .pearson(parts[1])
      case "significance": self = .significance(parts[1])
      case "share": self = .share(parts[1])
      case "measure":
        guard let between = parts[1].range(of: " of "),
          let measure = GeneMeasure(rawValue: String(parts[1][..<between.lowerBound]))
        else { return nil }
        self = .measure(measure, String(parts[1][between.upperBound...]))
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
    case .attainable: "attainable"
    case .pearson(let method): "pearson:\(method)"
    case .gain(let method, let other): "gain:\(method) over \(other)"
    case .significance(let method): "significance:\(method)"
    case .share(let method): "share:\(method)"
    case .measure(let measure, let method): "measure:\(measure.rawValue) of \(method)"
    }
  }
}
