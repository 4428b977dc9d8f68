import TensorCore

/// What a survival model makes small: how badly risks explain who had the event first.
public enum CoxLoss: String, Codable, Sendable, CaseIterable {
  /// The negative partial log-likelihood divided by the number of events, of patients ordered by time.
  ///
  /// `−Σ δᵢ (rᵢ − ln Σ_{tⱼ ≥ tᵢ} e^{rⱼ}) / Σ δᵢ`. Patients with equal times are at risk of each other's
  /// events. The default.
  ///
  /// Source: Cox, J. R. Stat. Soc. B 1972; Breslow's form for ties (discussion of the same).
  case breslow
  /// HiST's: risks divided by their length over the batch, and at risk of patient `i` are the patients
  /// before it in the order given, itself included.
  ///
  /// Times do not enter. The order is then arbitrary unless patients are sorted, latest first.
  case released

  /// The loss, a scalar.
  ///
  /// - Parameters:
  ///   - risks: one a patient, of any shape with as many elements.
  ///   - times: how long each patient was followed.
  ///   - events: whether the event came.
  /// - Throws: when no patient had the event, where there is nothing to learn from.
  public func callAsFunction(
    _ risks: Tensor, times: [Double], events: [Bool]
  ) throws(ModelError) -> Tensor {
    precondition(
      risks.count == events.count && times.count == events.count,
      "\(risks.count) risks, \(times.count) times and \(events.count) events")
    let count = events.count { $0 }
    guard count > 0 else {
      throw ModelError(
        "None of \(events.count) patients had the event, so no risk can be learned. Add patients "
          + "with the event, or take fewer folds.")
    }
    let risks = scaled(risks.reshaped(to: [-1]))  // [patients]
    let happened = Tensor(shape: [events.count], events.map { $0 ? 1 : 0 })
    let likelihood = sum(happened * (risks - logSums(of: risks, times: times)))
    return likelihood * (-1 / Float(count))
  }

  private func scaled(_ risks: Tensor) -> Tensor {
    switch self {
    case .breslow: risks
    // Risks that are all 0 stay so.
    case .released: risks / clamp(norm(risks), .leastNormalMagnitude, .greatestFiniteMagnitude)
    }
  }

  /// `ln Σ e^{rⱼ}` over those at risk with each patient, `[patients]`.
  private func logSums(of risks: Tensor, times: [Double]) -> Tensor {
    let count = times.count
    var atRisk = [Float](repeating: 0, count: count * count)
    for i in 0..<count {
      for j in 0..<count where self == .released ? j <= i : times[j] >= times[i] {
        atRisk[i * count + j] = 1
      }
    }
    // The largest of each set taken off, so that none overflows and none vanishes.
    let values = risks.array
    let largest = (0..<count).map { i in
      (0..<count).reduce(-Float.infinity) { most, j in
        atRisk[i * count + j] > 0 ? max(most, values[j]) : most
      }
    }
    let shifts = Tensor(shape: [count, 1], largest)
    let sets = Tensor(shape: [count, count], atRisk)
    let shifted = masked(risks.reshaped(to: [1, count]) - shifts, by: sets, with: -1e4)
    let sums = sum(exp(shifted), over: [1], keepingAxes: true)
    return (log(sums) + shifts).reshaped(to: [count])
  }
}
