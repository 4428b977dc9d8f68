import Drawing
import Evaluation
import Foundation
import Images
import Sections
import TestSupport
import Testing

@testable import Workbench

@Suite struct SurvivalCurvesTests {
  static let cohort = SharedFiles.sampleData.appending(path: "cohort/cohort.tsv")

  @Test func `curves follow Kaplan and Meier, with ticks and numbers at risk`() throws {
    let curves = SurvivalCurves(
      [
        .init("a", FollowUp(times: [1, 2, 3, 4], events: [true, false, true, false])),
        .init("b", FollowUp(times: [2, 2, 5], events: [true, true, true])),
        .init("nobody", FollowUp(times: [], events: [])),
      ], timeName: "months")
    let plot = curves.plot(title: "Survival")
    #expect(plot.curves.map(\.name) == ["a, n = 4", "b, n = 3"])
    #expect(plot.curves[0].steps.map(\.value) == [1, 0.75, 0.75, 0.375, 0.375])
    #expect(plot.curves[0].censored == [2, 4] && plot.curves[0].durations == [1, 2, 3, 4])
    #expect(plot.subtitle.hasPrefix("log-rank p = 0."))
    #expect(plot.subtitle.hasSuffix("with 1 degree of freedom"))
    #expect(plot.picture(width: 500).svg().contains(">at risk<"))
  }

  @Test func `one group has nothing to be compared with`() {
    let alone = SurvivalCurves(
      [.init("all", FollowUp(times: [1], events: [true]))], timeName: "days")
    #expect(alone.test == nil && alone.testWords == "no log-rank test: nothing to compare")
  }

  @Test func `risks are split at their median`() {
    let curves = SurvivalCurves(
      FollowUp(times: [1, 2, 3, 4, 5], events: [true, true, true, true, true]),
      splitAtMedianOf: [5, 4, 3, 2, 1], timeName: "months")
    #expect(curves.groups.map(\.name) == ["lower risk", "higher risk"])
    #expect(curves.groups.map(\.followUp.times) == [[3, 4, 5], [1, 2]])
  }

  /// What can be seen tells of the outcome: how dark the cancer is, which is what is dark at all.
  @Test func `the sample cohort's slides tell of its outcomes`() throws {
    let cohort = try Cohort(reading: Self.cohort)
    #expect(cohort.slides.count == 32 && cohort.followed.count == 32 && cohort.notes.isEmpty)
    #expect(cohort.clinical.map(\.name) == ["age", "stage"])
    #expect(cohort.clinical[1].categories == ["I", "II", "III"])
    #expect(cohort.responses == ["complete", "none", "partial"])
    let darkness = try cohort.slides.map { slide -> Double in
      let image = try ImageFile(opening: cohort.url(of: slide)).decoded(reducedBy: 1)
      #expect(image.width == 256 && image.height == 320)
      let reds = stride(from: 0, to: image.pixels.count, by: 3).map { image.pixels[$0] }
      let cancer = reds.filter { $0 < 180 }.sorted()
      return -Double(cancer[cancer.count / 2])
    }
    let outcomes = cohort.slides.compactMap(\.outcome)
    let followUp = FollowUp(times: outcomes.map(\.time), events: outcomes.map(\.event))
    #expect(ConcordanceIndex(of: followUp, risks: darkness).value > 0.7)
    let curves = SurvivalCurves(followUp, splitAtMedianOf: darkness, timeName: "months")
    #expect(try #require(curves.test).p < 0.05)
  }
}
