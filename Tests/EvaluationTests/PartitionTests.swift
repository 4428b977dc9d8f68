import Evaluation
import TensorCore
import Testing

private struct ClusteringCases: Decodable {
  struct Case: Decodable {
    var name: String
    var a: [Int]
    var b: [Int]
    var ari: Double
    var nmiArithmetic: Double
    var homogeneity: Double
    var completeness: Double
    var vMeasure: Double
  }
  var cases: [Case]
}

@Test func `ARI and NMI equal scikit-learn's`() throws {
  for golden in try Golden.json("clustering.json", as: ClusteringCases.self).cases {
    #expect(abs(adjustedRandIndex(golden.a, golden.b) - golden.ari) < 1e-12, "\(golden.name)")
    let information = normalizedMutualInformation(golden.a, golden.b)
    #expect(abs(information - golden.nmiArithmetic) < 1e-12, "\(golden.name)")
  }
}

@Test func `homogeneity, completeness and V-measure equal scikit-learn's`() throws {
  for golden in try Golden.json("clustering.json", as: ClusteringCases.self).cases {
    let found = VMeasure(labels: golden.a, clusters: golden.b)
    #expect(abs(found.homogeneity - golden.homogeneity) < 1e-12, "\(golden.name)")
    #expect(abs(found.completeness - golden.completeness) < 1e-12, "\(golden.name)")
    #expect(abs(found.value - golden.vMeasure) < 1e-12, "\(golden.name)")
    let turned = VMeasure(labels: golden.b, clusters: golden.a)
    #expect(abs(turned.homogeneity - golden.completeness) < 1e-12, "\(golden.name)")
  }
}

@Test func `a beta above 1 moves the V-measure towards completeness`() {
  let (labels, clusters) = ([0, 0, 0, 1, 1, 1], [0, 0, 1, 2, 2, 2])
  let even = VMeasure(labels: labels, clusters: clusters)
  let (h, c) = (even.homogeneity, even.completeness)
  #expect(abs(h - 1) < 1e-12 && c < 0.9)
  let found = VMeasure(labels: labels, clusters: clusters, beta: 3)
  #expect(abs(found.value - 4 * h * c / (3 * h + c)) < 1e-12)
  #expect(found.value < even.value)
  let none = VMeasure(labels: [Int?](), clusters: [])
  #expect(none.homogeneity == 1 && none.completeness == 1 && none.value == 1)
  let both = VMeasure(labels: [0, 0, nil, 1], clusters: [7, 7, 7, 8])
  #expect(both.value == 1)
}

@Test(arguments: ["B1", "C1", "D1", "E1", "F1", "G2"])
func `observed clusters score as published against the pathologist`(section: String) throws {
  let golden = try #require(
    Golden.json("observed_ari.json", as: ObservedSections.self).sections[section])
  let tensors = try Golden.tensors("observed_clusters.safetensors")
  let undetermined = golden.labelIndexNames.firstIndex(of: "undetermined")
  let labels = try #require(tensors[section + ".label_index"]).integers
    .map { $0 == undetermined ? nil : $0 }
  // Only labelled spots were clustered: the others get no cluster here.
  var clustered = try #require(tensors[section + ".kmeans_labels"]).integers.makeIterator()
  let clusters = labels.map { label in label.flatMap { _ in clustered.next() } }
  #expect(clustered.next() == nil)
  #expect(abs(adjustedRandIndex(clusters, labels) - golden.ariExact) < 1e-12)
  #expect(abs(normalizedMutualInformation(clusters, labels) - golden.nmi) < 1e-12)
}

@Test(arguments: seeds)
func `ARI and NMI do not care for names or order`(seed: UInt64) {
  var generator = SeededGenerator(seed: seed)
  let first = generator.labels(spots: 50, labels: 4)
  let second = first.map { generator.nextUnit() < 0.6 ? $0 : generator.nextIndex(below: 6) }
  let names = [40, -7, 3, 99]
  let renamed = first.map { names[$0] }
  for measure in [adjustedRandIndex, normalizedMutualInformation] as [([Int], [Int]) -> Double] {
    let value = measure(first, second)
    #expect(abs(measure(renamed, second) - value) < 1e-12)
    #expect(abs(measure(second, first) - value) < 1e-12)
    #expect(abs(measure(first, renamed) - 1) < 1e-12)
    #expect(value <= 1 + 1e-12)
  }
}

@Test func `spots without a label in either partition are left out`() {
  let first: [Int?] = [0, 0, nil, 1, 1, 2]
  let second: [Int?] = [5, 5, 5, 6, nil, 7]
  #expect(adjustedRandIndex(first, second) == 1)
  #expect(normalizedMutualInformation(first, second) == 1)
  #expect(adjustedRandIndex([Int?](), []) == 1)
  #expect(normalizedMutualInformation([Int?](), []) == 1)
}
