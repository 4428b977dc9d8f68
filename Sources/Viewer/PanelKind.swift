/// What a panel shows.
public enum PanelKind: Sendable, Hashable {
  /// The H&E image.
  case image
  /// The observed expression of the current gene.
  case observed
  /// What a method, by name, predicts of it.
  case method(String)
  /// What the compared method predicts, less the observed expression or another prediction.
  case difference
  /// The compared method's prediction plotted against the observed expression.
  case scatter
  /// Which patches drove the compared method's prediction of the current gene at a spot.
  case drivers
  /// K-means clusters of the observed expression.
  case clusters
  /// K-means clusters of a method's prediction.
  case methodClusters(String)
  /// How likely each spot is tumour, or what is called so.
  case tumour
  /// The pathologist's labels.
  case labels

  /// The method a panel is named after, if it is.
  public var method: String? {
    switch self {
    case .method(let name), .methodClusters(let name): name
    default: nil
    }
  }

  /// Whether the panel says something about predictions.
  public var isOfMethods: Bool {
    switch self {
    case .method, .difference, .scatter, .drivers: true
    default: false
    }
  }

  /// Where the clusters of a panel come from; nil for panels without.
  var clusterSource: ClusterSource? {
    switch self {
    case .clusters: .observed
    case .methodClusters(let name): .method(name)
    default: nil
    }
  }
}

/// Written as a word, or a word and a method's name: `observed`, `method:THItoGene`.
extension PanelKind: RawRepresentable, Codable {
  /// Reads what ``rawValue`` writes, or nil for anything else.
  public init?(rawValue: String) {
    switch rawValue {
    case "image": self = .image
    case "observed": self = .observed
    case "difference": self = .difference
    case "scatter": self = .scatter
    case "drivers": self = .drivers
    case "clusters": self = .clusters
    case "tumour": self = .tumour
    case "labels": self = .labels
    default:
      let parts = rawValue.split(separator: ":", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { return nil }
      switch parts[0] {
      case "method": self = .method(parts[1])
      case "clusters": self = .methodClusters(parts[1])
      default: return nil
      }
    }
  }

  /// The panel as commands and saved views name it.
  public var rawValue: String {
    switch self {
    case .image: "image"
    case .observed: "observed"
    case .method(let name): "method:\(name)"
    case .difference: "difference"
    case .scatter: "scatter"
    case .drivers: "drivers"
    case .clusters: "clusters"
    case .methodClusters(let name): "clusters:\(name)"
    case .tumour: "tumour"
    case .labels: "labels"
    }
  }

  /// The panels that need no method to be named, in the order they take on the screen.
  public static let unnamed: [PanelKind] = [
    .image, .observed, .difference, .scatter, .drivers, .clusters, .tumour, .labels,
  ]
}

/// What clusters are made of.
enum ClusterSource: Sendable, Hashable {
  case observed
  /// A method's prediction, by the method's name.
  case method(String)

  /// The method's name, or nil for the observed expression.
  var method: String? {
    if case .method(let name) = self { return name }
    return nil
  }
}
