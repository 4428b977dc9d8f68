import Foundation
import TestSupport
import Testing

@testable import Models

private typealias Parameter = NameMatch.Parameter

private func fullModels() throws -> [(name: String, expected: [Parameter])] {
  let data = try Data(
    contentsOf: SharedFiles.fixtures.appending(path: "full_state_dicts.json"))
  guard case .object(let models)? = JSON(text: String(decoding: data, as: UTF8.self)) else {
    return []
  }
  return models.sorted { $0.key < $1.key }.map { name, value in
    guard case .object(let members) = value else { return (name, []) }
    return (
      name,
      members.sorted { $0.key < $1.key }.map { key, entry in
        guard case .object(let parts) = entry, case .array(let sizes)? = parts["shape"] else {
          return Parameter(key, [])
        }
        return Parameter(
          key, sizes.compactMap { if case .integer(let size) = $0 { size } else { nil } })
      }
    )
  }
}

@Test func `what does not fit is said with both shapes`() throws {
  let expected = [
    Parameter("a", [2, 3]), Parameter("b", [4]), Parameter("c", [1]), Parameter("d", [1]),
    Parameter("e", [1]), Parameter("f", [1]),
  ]
  let found = [Parameter("a", [2, 3]), Parameter("b", [5]), Parameter("x", [])]
  let match = NameMatch(expected: expected, found: found)
  #expect(match.matchCount == 1 && !match.isExact)
  #expect(
    match.sentence(model: "histogene")
      == "does not fit histogene: 4 missing: 'c' [1], 'd' [1], 'e' [1] and 1 more; "
      + "1 unexpected: 'x' []; 1 of another shape: 'b' is [5], not [4].")
  let exact = NameMatch(expected: found, found: found.reversed())
  #expect(exact.isExact && exact.sentence(model: "histogene") == nil && exact.likeness == 1)
}

@Test func `nothing alike has no nearest model`() {
  let found = [Parameter("x", [1])]
  #expect(NameMatch.nearest(to: found, among: [("a", [Parameter("y", [1])])]) == nil)
  #expect(NameMatch.nearest(to: found, among: []) == nil)
}

@Test(.enabled(if: SharedFiles.hasFixtures))
func `each full-size model is nearest to itself`() throws {
  let models = try fullModels()
  #expect(models.count == 9)
  for model in models where !model.expected.isEmpty {
    let nearest = NameMatch.nearest(to: model.expected, among: models)
    #expect(nearest?.name == model.name && nearest?.match.isExact == true)
  }
}

@Test(
  .enabled(if: SharedFiles.hasFixtures), arguments: ["thitogene", "histogene", "hist2st", "stnet"])
func `a small model is nearest to its full-size kin`(name: String) throws {
  let url = SharedFiles.fixtures.appending(path: "\(name)/weights.safetensors")
  let found = try TensorFile(reading: url).tensors.map { Parameter($0) }
  let nearest = try #require(NameMatch.nearest(to: found, among: try fullModels()))
  #expect(nearest.name == name)
  #expect(!nearest.match.misshaped.isEmpty)
}
