/// What makes one section of the sample data different from another.
struct SectionSpecification: Sendable {
  var name: String
  /// Sections of one patient share regions, fibres and grade.
  var patientStream: UInt64
  var sectionStream: UInt64
  /// Of the outline, in pixels, before it is bent.
  var radius: Float
  var fibreAngle: Float
  var gradeShift: Float
  /// How many of the section's regions are of each tissue.
  var mixture: [(tissue: Tissue, parts: Int)]
  var stain: Stain
  /// Whether a count row and a selected spot are left without each other.
  var hasGaps = false

  var patient: String { String(name.prefix(1)) }
  var imageName: String { "\(name)_synthetic_HE.jpg" }

  static let all = [
    SectionSpecification(
      name: "P1", patientStream: 11, sectionStream: 1, radius: 985, fibreAngle: 0.6,
      gradeShift: 0.05, mixture: patientP, stain: .usual),
    SectionSpecification(
      name: "P2", patientStream: 11, sectionStream: 2, radius: 970, fibreAngle: 0.6,
      gradeShift: 0.05, mixture: patientP, stain: .pale, hasGaps: true),
    SectionSpecification(
      name: "Q1", patientStream: 23, sectionStream: 1, radius: 995, fibreAngle: -0.4,
      gradeShift: 0.1, mixture: patientQ, stain: .violet),
  ]

  private static let patientP: [(tissue: Tissue, parts: Int)] = [
    (.cancer, 14), (.stroma, 12), (.fat, 5), (.immune, 4), (.gland, 4),
  ]
  private static let patientQ: [(tissue: Tissue, parts: Int)] = [
    (.cancer, 12), (.stroma, 10), (.fat, 6), (.immune, 7), (.gland, 4),
  ]
}
