import Evaluation
import Foundation
import Sections
import TestSupport
import Testing

@testable import Workbench

/// Clusters of the real sections against scikit-learn 1.3.0, through the whole of the workbench:
/// reading, normalising, choosing genes and spots, components, K-means.
@Suite(.enabled(if: SharedFiles.hasData && SharedFiles.hasFixtures)) struct ClusterGoldenTests {
  private struct Observed: Decodable {
    struct Section: Decodable {
      var labelledSpots: Int
      var clusters: Int
      var kmeansInertia: Double
      var pcaVarianceFirst10: [Double]
    }
    var sections: [String: Section]
  }

  private struct Whole: Decodable {
    struct Section: Decodable {
      var variance: [Double]
      var kmeansInertia: [String: Double]
    }
    var sections: [String: Section]
  }

  private func golden<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      type, from: Data(contentsOf: SharedFiles.fixtures.appending(path: "evaluation/\(name)")))
  }

  private func load(_ name: String, with workbench: Workbench) throws -> LoadedSection {
    let dataSet = try DataSet(opening: SharedFiles.data.appending(path: "her2st"))
    let panel = try Panel(
      reading: SharedFiles.data.appending(path: "panels/her_hvg_cut_1000.txt"))
    return try workbench.load(try dataSet.reference(named: name), of: dataSet, panel: panel)
  }

  /// Relative 1e-4: the goldens were computed in single precision.
  private func expectEqual(_ found: [Double], _ golden: [Double]) {
    for (place, pair) in zip(found, golden).prefix(10).enumerated() {
      let difference = abs(pair.0 / pair.1 - 1)
      #expect(difference < 1e-4, "component \(place): \(pair), relative \(difference)")
    }
  }

  @Test(arguments: ["B1", "C1", "D1", "E1", "F1", "G2"])
  func `labelled spots cluster no worse than scikit-learn's`(name: String) throws {
    let golden = try #require(golden("observed_ari.json", as: Observed.self).sections[name])
    let workbench = Workbench()
    let section = try load(name, with: workbench)
    var settings = ClusterSettings(clusterCount: golden.clusters)
    settings.labelledSpotsOnly = true
    #expect(settings.components == 50 && settings.restarts == 20)
    let basis = try workbench.basis(of: section, settings)
    #expect(basis.spots.count == golden.labelledSpots && basis.components.count == 50)
    expectEqual(basis.components.variances, golden.pcaVarianceFirst10)
    let result = try workbench.clusters(of: section, settings)
    #expect(
      result.inertia <= golden.kmeansInertia * 1.001,
      "\(result.inertia) against \(golden.kmeansInertia)")
    #expect(result.clusterOfSpot.count { $0 != nil } == golden.labelledSpots)
    #expect(result.adjustedRandIndex != nil)
  }

  /// 0.5 %, as far as 20 restarts of either program spread with the seed.
  @Test(arguments: ["A1", "B1", "C2"])
  func `all spots cluster as well as scikit-learn's`(name: String) throws {
    let golden = try #require(golden("pca_kmeans.json", as: Whole.self).sections[name])
    let workbench = Workbench()
    let section = try load(name, with: workbench)
    expectEqual(
      try workbench.basis(of: section, ClusterSettings(clusterCount: 2)).components.variances,
      golden.variance)
    for (count, inertia) in golden.kmeansInertia {
      let settings = ClusterSettings(clusterCount: try #require(Int(count)))
      let found = try workbench.clusters(of: section, settings).inertia
      #expect(found <= inertia * 1.005, "k = \(count): \(found) against \(inertia)")
    }
  }
}
