import Foundation
import TensorCore
import Testing

@testable import Models

@Suite struct CoxLossTests {
  private let times = [5.0, 3, 3, 8, 1, 3]
  private let events = [true, true, true, false, false, true]
  private let risks: [Float] = [0.3, -0.4, 1.2, 0.1, 2, -0.7]

  /// The formula, in double precision.
  private func plain(_ risks: [Float]) -> Double {
    var sum = 0.0
    for i in risks.indices where events[i] {
      let atRisk = risks.indices.filter { times[$0] >= times[i] }
      sum += Double(risks[i]) - log(atRisk.reduce(0) { $0 + exp(Double(risks[$1])) })
    }
    return -sum / Double(events.count { $0 })
  }

  private func breslow(_ risks: [Float]) throws -> Double {
    Double(
      try CoxLoss.breslow(
        Tensor(shape: [risks.count, 1], risks), times: times, events: events
      ).item)
  }

  @Test func `Breslow's form counts patients of equal time as at risk of each other`() throws {
    #expect(abs(try breslow(risks) - plain(risks)) < 1e-6)
  }

  @Test func `Breslow's form ignores a shift of all risks, and does not overflow`() throws {
    let expected = plain(risks)
    for shift: Float in [-500, 40, 1000] {
      #expect(abs(try breslow(risks.map { $0 + shift }) - expected) < 1e-3)
    }
    let far = try breslow([0, 300, -300, 0, 0, 0])
    #expect(far.isFinite && far > 50)
  }

  @Test func `the released form takes the order given and not the times`() throws {
    let risks = Tensor(shape: [6], risks)
    let loss = try CoxLoss.released(risks, times: times, events: events).item
    let others = try CoxLoss.released(
      risks, times: times.reversed(), events: events
    ).item
    #expect(loss == others)
    let length = self.risks.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    let scaled = self.risks.map { Double($0) / length }
    var sum = 0.0
    for i in scaled.indices where events[i] {
      sum += scaled[i] - log(scaled[...i].reduce(0) { $0 + exp($1) })
    }
    #expect(abs(Double(loss) + sum / 4) < 1e-6)
    let zero = try CoxLoss.released(Tensor.zeros([6]), times: times, events: events).item
    #expect(zero.isFinite)
  }

  @Test(arguments: CoxLoss.allCases)
  func `gradients are those of differences`(_ loss: CoxLoss) throws {
    let tracked = Tensor(shape: [6, 1], risks).tracked()
    let gradient = try loss(tracked, times: times, events: events).gradients(for: [tracked])[0]
    for i in risks.indices {
      func moved(_ by: Float) throws -> Double {
        var risks = risks
        risks[i] += by
        return Double(
          try loss(Tensor(shape: [6], risks), times: times, events: events).item)
      }
      let difference = (try moved(0.005) - moved(-0.005)) / 0.01
      #expect(abs(Double(gradient.array[i]) - difference) < 1e-3)
    }
  }

  @Test(arguments: CoxLoss.allCases)
  func `a cohort without an event is refused`(_ loss: CoxLoss) {
    let error = #expect(throws: ModelError.self) {
      try loss(Tensor(shape: [2], [1, 2]), times: [1, 2], events: [false, false])
    }
    #expect(error?.description.contains("None of 2 patients had the event") == true)
  }
}
