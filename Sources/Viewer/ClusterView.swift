import Drawing
import Evaluation
import Sections
import Workbench

/// Clusters as the user sees them: named, merged and coloured, each step undoable.
///
/// K-means gives clusters; merging puts several into one group. All the screen speaks of is groups.
public struct ClusterView: Sendable, Hashable {
  /// One group of clusters.
  public struct Group: Sendable, Hashable {
    /// What the user calls it; its letter until then.
    public var name: String
    /// Index into the categorical palette.
    public var color: Int
  }

  /// The clusters as K-means made them, whatever was merged since.
  public let result: ClusterResult
  /// The group of each cluster.
  public private(set) var groupOfCluster: [Int]
  /// One group for each cluster; those merged into others stay in place, empty.
  public private(set) var groups: [Group]
  /// How the groups agree with the pathologist's labels, over spots with a settled one; nil
  /// without labels.
  public private(set) var agreement: Agreement?
  /// The adjusted Rand index with the clusters it was numbered like; nil where there are none.
  public let agreementWithOther: Double?
  private let truth: [Int?]?
  /// How many spots each cluster holds.
  private let spotsOfCluster: [Int]
  private var undone: [Snapshot] = []
  private var done: [Snapshot] = []

  /// Agreement of two partitions.
  public struct Agreement: Sendable, Hashable {
    /// Adjusted Rand index, at most 1; 0 is what chance gives.
    public var adjustedRandIndex: Double
    /// Normalized mutual information, 0...1.
    public var normalizedMutualInformation: Double
  }

  private struct Snapshot: Sendable, Hashable {
    var groupOfCluster: [Int]
    var groups: [Group]
  }

  /// - Parameters:
  ///   - labels: colours follow the category that a cluster overlaps most.
  ///   - other: clusters made of something else: numbers and, without labels, colours are those
  ///     of the clusters that match best.
  public init(_ result: ClusterResult, labels: Annotation?, like other: ClusterView? = nil) {
    let result = other.map { result.numbered(like: $0.result) } ?? result
    self.result = result
    agreementWithOther = other.map {
      adjustedRandIndex(result.clusterOfSpot, $0.result.clusterOfSpot)
    }
    truth = labels?.settledCategories
    groupOfCluster = Array(0..<result.clusterCount)
    var spotsOfCluster = [Int](repeating: 0, count: result.clusterCount)
    for case let cluster? in result.clusterOfSpot { spotsOfCluster[cluster] += 1 }
    self.spotsOfCluster = spotsOfCluster
    var taken = Set<Int>()
    var colors = [Int?](repeating: nil, count: result.clusterCount)
    if let labels {
      let matches = categoriesMatching(
        clusters: result.clusterOfSpot, clusterCount: result.clusterCount,
        categories: labels.categoryOfSpot, categoryCount: labels.categories.count)
      for (cluster, match) in matches.enumerated() where cluster < colors.count {
        colors[cluster] = match
        if let match { taken.insert(match) }
      }
    } else if let other {
      // Numbered alike, so matching clusters have the same place.
      for cluster in colors.indices where other.groups.indices.contains(cluster) {
        colors[cluster] = other.groups[cluster].color
        taken.insert(other.groups[cluster].color)
      }
    }
    var next = 0
    groups = colors.enumerated().map { cluster, color in
      if let color { return Group(name: clusterLetter(cluster), color: color) }
      while taken.contains(next) { next += 1 }
      taken.insert(next)
      return Group(name: clusterLetter(cluster), color: next)
    }
    compare()
  }

  /// The group of a spot, or nil for a spot that was not clustered.
  public func group(ofSpot spot: Int) -> Int? {
    result.clusterOfSpot[spot].map { groupOfCluster[$0] }
  }

  /// The groups that still hold clusters.
  public var liveGroups: [Int] { Array(Set(groupOfCluster)).sorted() }

  /// How many clusters have been merged into others.
  var mergedClusters: Int { result.clusterCount - liveGroups.count }

  /// How many spots each group holds.
  public var spotsOfGroup: [Int] {
    var counts = [Int](repeating: 0, count: groups.count)
    for (cluster, spots) in spotsOfCluster.enumerated() { counts[groupOfCluster[cluster]] += spots }
    return counts
  }

  /// Names a group, which is one step to undo.
  public mutating func rename(_ group: Int, to name: String) {
    remember()
    groups[group].name = name
  }

  /// Puts all of `group` into `target`, which keeps its name and colour.
  public mutating func merge(_ group: Int, into target: Int) {
    remember()
    groupOfCluster = groupOfCluster.map { $0 == group ? target : $0 }
    compare()
  }

  /// Gives a group the next colour of the palette, the first after the last.
  public mutating func recolor(_ group: Int, paletteSize: Int) {
    remember()
    groups[group].color = (groups[group].color + 1) % paletteSize
  }

  /// Whether there is a step to take back.
  public var canUndo: Bool { !done.isEmpty }
  /// Whether there is a step taken back that can be done once more.
  public var canRedo: Bool { !undone.isEmpty }

  /// Takes back the last naming, merging or colouring; nothing where there is none.
  public mutating func undo() {
    guard let last = done.popLast() else { return }
    undone.append(Snapshot(groupOfCluster: groupOfCluster, groups: groups))
    (groupOfCluster, groups) = (last.groupOfCluster, last.groups)
    compare()
  }

  /// Does the step taken back last once more; nothing where there is none.
  public mutating func redo() {
    guard let next = undone.popLast() else { return }
    done.append(Snapshot(groupOfCluster: groupOfCluster, groups: groups))
    (groupOfCluster, groups) = (next.groupOfCluster, next.groups)
    compare()
  }

  /// Takes the agreement anew: merging changes it.
  private mutating func compare() {
    agreement = truth.map { truth in
      let groups = result.clusterOfSpot.map { $0.map { groupOfCluster[$0] } }
      return Agreement(
        adjustedRandIndex: adjustedRandIndex(groups, truth),
        normalizedMutualInformation: normalizedMutualInformation(groups, truth))
    }
  }

  private mutating func remember() {
    done.append(Snapshot(groupOfCluster: groupOfCluster, groups: groups))
    undone = []
  }
}
