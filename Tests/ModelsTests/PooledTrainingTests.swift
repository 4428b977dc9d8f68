import Foundation
import TensorCore
import Testing

@testable import Models

/// Cohorts whose maps' means decide what happens.
@Suite struct PooledTrainingTests {
  /// Patients of whose three maps the second is as strong as told where the weights are, and the others
  /// are noise; where the weights are 0 all are large.
  private func stacks(_ strengths: [Double]) -> [PatientStack] {
    var generator = SeededGenerator(seed: 3)
    let cells = 32 * 32
    return strengths.enumerated().map { number, strength in
      var values = (0..<3 * cells).map { _ in Float(generator.nextUnit()) - 0.5 }
      for cell in 0..<cells / 2 { values[cells + cell] += Float(strength) }
      for cell in cells / 2..<cells { values[cells + cell] += Float(100 * generator.nextUnit()) }
      return PatientStack(
        name: "p\(number)", maps: Tensor(shape: [3, 32, 32], values),
        weights: (0..<cells).map { $0 < cells / 2 ? 2 : 0 }, clinical: [Float(number % 3)])
    }
  }

  private func strengths(_ count: Int) -> [Double] {
    var generator = SeededGenerator(seed: 7)
    return (0..<count).map { _ in 2 * generator.nextUnit() - 1 }
  }

  private func survivors(_ count: Int) -> [SurvivalPatient] {
    let strengths = strengths(count)
    return zip(stacks(strengths), strengths).enumerated().map { number, patient in
      SurvivalPatient(patient.0, time: 10 - 4 * patient.1, event: !number.isMultiple(of: 4))
    }
  }

  @Test func `means count tiles as they are weighed, and all alike without weights`() {
    var maps = Tensor.zeros([1, 32, 32])
    (maps[0, 0, 0], maps[0, 0, 1]) = (6, 9)
    var weights = [Float](repeating: 0, count: 1024)
    (weights[0], weights[1], weights[2]) = (2, 1, -5)
    let pooled = PooledPatients([
      PatientStack(name: "a", maps: maps, weights: weights), PatientStack(name: "b", maps: maps),
      PatientStack(name: "c", maps: maps, weights: weights.map { _ in 0 }),
    ])
    let plain = [15.0 / 1024]
    let expected: [[Double]] = [[7.0], plain, plain]
    #expect(pooled.means == expected)
  }

  @Test func `values are standardized by the patients learned from alone`() {
    var cohort = stacks(strengths(9))
    let members = [0, 2, 3, 5, 8]
    let values = PooledPatients(cohort).values(learningFrom: members)
    #expect(values.shape == [9, 3 + 1 + 1])
    for column in 0..<4 {
      let known = members.map { Double(values[$0, column]) }
      #expect(abs(known.reduce(0, +)) < 1e-5)
      // Three maps share one, as the clinical value does alone.
      let square = known.reduce(0) { $0 + $1 * $1 } / 5
      #expect(abs(square - (column < 3 ? 1.0 / 3 : 1)) < 1e-5)
    }
    #expect((0..<9).allSatisfy { values[$0, 4] == 1 })
    cohort[1].maps = cohort[1].maps * 50
    let changed = PooledPatients(cohort).values(learningFrom: members)
    #expect(
      members.allSatisfy { row in (0..<5).allSatisfy { changed[row, $0] == values[row, $0] } })
    #expect(changed[1, 1] != values[1, 1])
    for index in cohort.indices { cohort[index].clinical = [7] }
    let alike = PooledPatients(cohort).values(learningFrom: members)
    #expect((0..<9).allSatisfy { alike[$0, 3] == 0 })
  }

  @Test(arguments: [0.5, 0.05, 0.003])
  func `one weight is the root of the penalized score`(_ penalty: Double) throws {
    let x = [0.3, -1.2, 0.8, 1.1, -0.4, -0.6]
    let (times, events) = ([4.0, 9, 2, 5, 7, 1], [true, false, true, true, true, false])
    /// `−Σ δ (x − Σ x e^{bx} / Σ e^{bx}) / Σ δ + λ b`, which grows with b.
    func score(_ b: Double) -> Double {
      let sum = (0..<6).filter { events[$0] }.reduce(0.0) { sum, i in
        let atRisk = (0..<6).filter { times[$0] >= times[i] }
        let parts = atRisk.map { exp(b * x[$0]) }
        let mean = zip(atRisk, parts).reduce(0) { $0 + x[$1.0] * $1.1 } / parts.reduce(0, +)
        return sum + x[i] - mean
      }
      return -sum / 4 + penalty * b
    }
    var (low, high) = (-100.0, 100.0)
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if score(middle) > 0 { high = middle } else { low = middle }
    }
    let fit = try PenalizedFit(
      Tensor(shape: [6, 1], x.map(Float.init)), outputs: 1, penalty: penalty
    ) { (risks: Tensor) throws(ModelError) in
      try CoxLoss.breslow(risks, times: times, events: events)
    }
    #expect(abs(score(low)) < 1e-9)
    #expect(abs(Double(fit.weights.item) - low) < 1e-3 * max(1, 1 / penalty / 100), "\(low)")
  }

  @Test func `risk is learned from two dozen events, the same to the bit each time`() throws {
    let cohort = survivors(32)
    var training = PooledTraining()
    let folds = try training.risks(cohort)
    #expect(folds.flatMap(\.validation).sorted() == Array(0..<32))
    for fold in folds {
      #expect(fold.outputs.shape == [32, 1])
      let risks = fold.outputs.array
      for i in fold.validation where cohort[i].event {
        for j in fold.validation where cohort[j].time > cohort[i].time + 1 {
          #expect(risks[i] > risks[j])
        }
      }
    }
    #expect(try training.risks(cohort).map(\.outputs.array) == folds.map(\.outputs.array))
    training.seed = 23
    #expect(try training.risks(cohort).map(\.validation) != folds.map(\.validation))
  }

  @Test func `those kept out change nothing for those learned from`() throws {
    var cohort = survivors(20)
    let before = try PooledTraining().risks(cohort)[0]
    for patient in before.validation { cohort[patient].time = 20 - cohort[patient].time }
    #expect(try PooledTraining().risks(cohort)[0].outputs.array == before.outputs.array)
  }

  @Test func `response is learned, rare kinds too`() throws {
    let strengths = (0..<30).map { $0 % 6 == 0 ? -1.0 : $0 % 2 == 0 ? 0 : 1 }
    let cohort = zip(stacks(strengths), strengths).map {
      ResponsePatient($0, response: Int($1) + 1)
    }
    for fold in try PooledTraining().responses(cohort, kinds: 3) {
      let told = ResponseTraining.kinds(of: fold.outputs)
      #expect(fold.validation.allSatisfy { told[$0] == cohort[$0].response })
    }
  }

  @Test func `what cannot be learned from is refused, and a run stops when asked to`() {
    func refusal(_ change: (inout [SurvivalPatient], inout PooledTraining) -> Void) -> String {
      var (cohort, training) = (survivors(12), PooledTraining())
      change(&cohort, &training)
      do { _ = try training.risks(cohort) } catch { return error.description }
      return ""
    }
    #expect(refusal { cohort, _ in cohort[3].stack.weights = [1] }.contains("p3 has 1 weights"))
    #expect(refusal { cohort, _ in cohort[3].stack.weights[7] = .nan }.contains("no finite number"))
    #expect(refusal { _, training in training.penalty = 0 }.contains("penalty is 0"))
    #expect(refusal { _, training in training.folds = 13 }.contains("13 folds"))
    let none = refusal { cohort, _ in for index in cohort.indices { cohort[index].event = false } }
    #expect(none.contains("0 of 12 patients had the event"))
    #expect(refusal { _, _ in } == "")
    let error = #expect(throws: ModelError.self) {
      try PooledTraining().risks(survivors(12), PredictionWork(isCancelled: { true }))
    }
    #expect(error == .cancelled)
  }
}
