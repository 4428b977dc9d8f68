import Testing

@testable import TensorCore

/// Rates that PyTorch 2.15.0 gives when its scheduler is stepped once an epoch; within 2e-7, a
/// rounding or two of single precision.
@Suite struct LearningRateScheduleTests {
  private func expectRates(
    _ schedule: LearningRateSchedule, from initial: Double, _ expected: [Int: Double]
  ) {
    for (epoch, rate) in expected {
      let found = Double(schedule.rate(atEpoch: epoch, from: initial))
      #expect(abs(found - rate) <= 2e-7 * rate, "epoch \(epoch): \(found), not \(rate)")
    }
  }

  @Test func `a constant rate stays`() {
    expectRates(.constant, from: 1e-5, [0: 1e-5, 1: 1e-5, 1000: 1e-5])
  }

  @Test func `StepLR as in Hist2ST`() {
    expectRates(
      .step(factor: 0.9, every: 50), from: 1e-5,
      [
        0: 1e-05, 1: 1e-05, 49: 1e-05, 50: 9e-06, 99: 9e-06, 100: 8.1e-06, 175: 7.29e-06,
        200: 6.561e-06,
      ])
  }

  @Test func `CosineAnnealingLR over 200 epochs, and back`() {
    expectRates(
      .cosine(minimum: 1e-5, epochs: 200), from: 1e-3,
      [
        0: 0.001, 1: 0.000999938933078422, 50: 0.0008550178566873405, 100: 0.000505,
        199: 1.006106692157801e-05, 200: 1e-05, 250: 0.0001549821433126574, 400: 0.001,
      ])
  }

  @Test func `CosineAnnealingLR rises to a minimum above the initial rate, as in HiST`() {
    expectRates(
      .cosine(minimum: 1e-5, epochs: 100), from: 5e-4 * 2 / 256,
      [
        0: 3.90625e-06, 1: 3.907753448885662e-06, 25: 4.79865902607224e-06, 50: 6.953125e-06,
        99: 9.998496551114338e-06, 100: 1e-05,
      ])
  }
}
