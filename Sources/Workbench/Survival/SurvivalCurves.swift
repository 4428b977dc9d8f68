import Drawing
import Evaluation
import Foundation

/// Kaplan–Meier curves of groups of patients with the log-rank test between them.
public struct SurvivalCurves: Sendable {
  /// Patients that stand together.
  public struct Group: Sendable, Hashable {
    /// In the legend.
    public var name: String
    /// Their times and events.
    public var followUp: FollowUp
    /// Takes both.
    public init(_ name: String, _ followUp: FollowUp) {
      self.name = name
      self.followUp = followUp
    }
  }

  /// In the order of their colours.
  public let groups: [Group]
  /// Nil with fewer than two groups that have patients.
  public let test: LogRankTest?
  private let timeName: String

  /// Takes groups, those without patients too.
  ///
  /// - Parameter timeName: what times count, such as `months`.
  public init(_ groups: [Group], timeName: String) {
    self.groups = groups
    self.timeName = timeName
    let filled = groups.filter { $0.followUp.count > 0 }
    test = filled.count > 1 ? LogRankTest(filled.map(\.followUp)) : nil
  }

  /// Patients of two groups: those whose risk is above the median of all, and the others.
  public init(_ followUp: FollowUp, splitAtMedianOf risks: [Double], timeName: String) {
    precondition(risks.count == followUp.count, "\(risks.count) risks, \(followUp.count) patients")
    let sorted = risks.sorted()
    let middle = sorted.count / 2
    let median =
      sorted.isEmpty
      ? 0 : sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    func group(_ name: String, _ isMember: (Double) -> Bool) -> Group {
      let patients = risks.indices.filter { isMember(risks[$0]) }
      return Group(
        name,
        FollowUp(
          times: patients.map { followUp.times[$0] }, events: patients.map { followUp.events[$0] }))
    }
    self.init(
      [group("lower risk") { $0 <= median }, group("higher risk") { $0 > median }],
      timeName: timeName)
  }

  /// The test in words: `log-rank p = 0.013, chi-square 6.20 with 1 degree of freedom`.
  public var testWords: String {
    guard let test, test.p.isFinite else { return "no log-rank test: nothing to compare" }
    let degrees = test.degreesOfFreedom
    let p = "p \(test.p > 0 ? "= " : "")\(Optional(test.p).scientific)"
    return "log-rank \(p), chi-square \(Optional(test.chiSquare).text(2)) with \(degrees) "
      + (degrees == 1 ? "degree of freedom" : "degrees of freedom")
  }

  /// The curves with their 95 % bands, censoring ticks and numbers at risk.
  public func plot(title: String, valueName: String = "share without the event") -> StepPlot {
    var plot = StepPlot(
      title: title, timeName: timeName, valueName: valueName,
      curves: groups.filter { $0.followUp.count > 0 }.map { group in
        let estimate = KaplanMeier(of: group.followUp)
        let censored = zip(group.followUp.times, group.followUp.events).filter { !$0.1 }.map(\.0)
        return StepPlot.Curve(
          "\(group.name), n = \(group.followUp.count)",
          steps: estimate.times.indices.map { step in
            StepPlot.Step(
              time: estimate.times[step], value: estimate.survival[step],
              band: estimate.lower[step]...max(estimate.lower[step], estimate.upper[step]))
          }, censored: censored.sorted(), durations: group.followUp.times)
      })
    plot.subtitle = testWords
    return plot
  }
}
