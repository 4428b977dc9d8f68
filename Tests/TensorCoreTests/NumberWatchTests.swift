import Testing

@testable import TensorCore

@Suite struct NumberWatchTests {
  @Test(arguments: [Float.nan, .infinity, -.infinity], [0, 31, 4096, 99_999])
  func `a number that is not finite is found wherever it lies`(bad: Float, place: Int) {
    let fine = randomTensor([100_000])
    var spoilt = fine
    spoilt[place] = bad
    #expect(firstNonFinite(in: [fine, spoilt, spoilt]) == 1)
    #expect(firstNonFinite(in: [fine, Tensor.zeros([0, 3]), fine]) == nil)
  }

  @Test func `the largest and the smallest numbers are finite`() {
    let extremes: [Float] = [
      .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, 0, -0,
    ]
    #expect(firstNonFinite(in: [Tensor(shape: [5], extremes)]) == nil)
  }

  /// Two layers, the second spoilt by what stands in its weight or follows it.
  private func run(
    _ parameters: [String: Tensor], spoiling: (Tensor) -> Tensor = { $0 }
  ) -> NumberWatch {
    let watch = NumberWatch(names: parameters)
    NumberWatch.$current.withValue(watch) {
      let x = randomTensor([3, 4])
      let first = relu(
        linear(x, parameters["net.0.weight"]!, parameters["net.0.bias"]!))
      let second = spoiling(linear(first, parameters["net.1.to_out.weight"]!))
      _ = sum(layerNorm(second, parameters["norm.weight"]!, parameters["norm.bias"]!))
    }
    return watch
  }

  private func parameters(_ change: (inout [String: Tensor]) -> Void = { _ in }) -> [String: Tensor]
  {
    var values = [
      "net.0.weight": randomTensor([5, 4]), "net.0.bias": randomTensor([5]),
      "net.1.to_out.weight": randomTensor([2, 5]), "norm.weight": randomTensor([2]),
      "norm.bias": randomTensor([2]), "unused": Tensor(.nan),
    ]
    change(&values)
    return values.mapValues { $0.tracked() }
  }

  @Test func `finite numbers are nobody's`() {
    let watch = run(parameters())
    #expect(watch.firstBadLayer == nil && !watch.foundBadNumber)
  }

  @Test func `the first layer with a spoilt weight is named`() {
    let watch = run(
      parameters {
        $0["net.1.to_out.weight"]![1, 2] = .nan
        $0["norm.weight"]![0] = .infinity
      })
    #expect(watch.firstBadParameter == "net.1.to_out.weight")
    #expect(watch.firstBadLayer == "net.1.to_out")
  }

  @Test func `what follows a layer without a parameter of its own is that layer's`() {
    let watch = run(parameters()) { log($0 * 0) }
    #expect(watch.firstBadLayer == "net.1.to_out")
  }

  @Test func `a parameter without a dot is its own layer`() {
    let scale = Tensor(Float.infinity).tracked()
    let watch = NumberWatch(names: ["scale": scale, "untracked": Tensor(1)])
    NumberWatch.$current.withValue(watch) { _ = scale * 2 }
    #expect(watch.firstBadLayer == "scale")
    #expect(NumberWatch.current == nil)
  }

  @Test func `a bad number before any parameter was read belongs to none`() {
    let watch = NumberWatch(names: [:])
    NumberWatch.$current.withValue(watch) { _ = log(Tensor(0).tracked()) }
    #expect(watch.foundBadNumber && watch.firstBadLayer == nil)
  }
}
