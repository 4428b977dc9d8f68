import Foundation

/// Invented patients with a slide each, followed until an event or the end of the study.
///
/// With `risk = 5 · grade + 2.5 · cancer − 3 · immunity + 0.03 · (age − 62)`, most of which can be
/// seen, event times are Weibull of shape 2: the share without the event after t months is
/// `e^(−(t / λ)²)`, `λ = 110 · e^(−risk / 2)`. Patients are followed for two to six years, at whose end
/// they are censored; one in eight is lost before. The stage follows the share of cancer, loosely. The
/// response follows the lymphocytes.
struct SampleCohort: Sendable {
  static let count = 32

  struct Patient: Sendable {
    var name: String
    var look: SlideLook
    var seed: UInt64
    var age: Int
    var stage: String
    var response: String
    /// Months, above 0.
    var time: Double
    var hasEvent: Bool

    var imageName: String { "\(name).jpg" }
  }

  let patients: [Patient]

  init(seed: UInt64) {
    patients = (0..<Self.count).map { index in
      Self.patient(index, SeededGenerator(seed: mix(seed, 900 + UInt64(index)), stream: 91), seed)
    }
  }

  private static func patient(
    _ index: Int, _ source: SeededGenerator, _ seed: UInt64
  ) -> Patient {
    var generator = source
    let look = SlideLook(
      cancer: generator.uniform(0.15...0.75), grade: generator.uniform(0...1),
      immunity: generator.uniform(0...1))
    let age = Int(generator.uniform(38...84))
    let burden = look.cancer + 0.12 * generator.normal()
    let risk =
      5 * look.grade + 2.5 * look.cancer - 3 * look.immunity + 0.03 * Double(age - 62)
    let event = 110 * (-log(1 - generator.uniform())).squareRoot() * exp(-risk / 2)
    let end = generator.uniform(24...72)
    let isLost = generator.uniform() < 0.125
    let censoring = isLost ? end * generator.uniform(0.2...0.9) : end
    let benefit = look.immunity + 0.15 * generator.normal()
    return Patient(
      name: index < 9 ? "S0\(index + 1)" : "S\(index + 1)", look: look,
      seed: mix(seed, 950 + UInt64(index)), age: age,
      stage: burden < 0.35 ? "I" : burden < 0.55 ? "II" : "III",
      response: benefit > 0.66 ? "complete" : benefit > 0.33 ? "partial" : "none",
      time: max(0.1, (min(event, censoring) * 10).rounded() / 10), hasEvent: event <= censoring)
  }

  /// The cohort's table: paths from its own folder.
  var table: String {
    patients.reduce(into: "slide\ttime\tevent\tage\tstage\tresponse\n") { text, patient in
      text +=
        "slides/\(patient.imageName)\t\(patient.time)\t\(patient.hasEvent ? 1 : 0)\t"
        + "\(patient.age)\t\(patient.stage)\t\(patient.response)\n"
    }
  }
}
