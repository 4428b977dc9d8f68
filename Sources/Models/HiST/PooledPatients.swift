import TensorCore

/// Patients as a few numbers each: of every map the mean over the slide, and the clinical values.
///
/// The mean of a map counts each tile by the patient's ``PatientStack/weights``; all tiles alike where
/// there are none above 0.
struct PooledPatients {
  /// `[patients][maps]`.
  let means: [[Double]]
  /// `[patients][values]`.
  let clinical: [[Double]]

  init(_ patients: [PatientStack]) {
    means = patients.map(Self.means)
    clinical = patients.map { $0.clinical.map(Double.init) }
  }

  /// Values `[patients, maps + clinical values + 1]` that a linear model reads.
  ///
  /// Each is taken less its mean and divided by its standard deviation over the patients learned from; one
  /// that is the same in all of them is 0. Maps are then divided by the root of their number, and so
  /// are clinical values: both together count as much as one value each, however many there are. The
  /// last value is 1 in all.
  func values(learningFrom members: [Int]) -> Tensor {
    let blocks = [means, clinical].map { Self.standardized($0, by: members) }
    let rows: [Float] = means.indices.flatMap { row -> [Float] in
      blocks[0][row] + blocks[1][row] + [1]
    }
    return Tensor(shape: [means.count, rows.count / means.count], rows)
  }

  private static func means(of patient: PatientStack) -> [Double] {
    let cells = patient.maps.shape[1] * patient.maps.shape[2]
    let given = patient.weights.map { Double(max($0, 0)) }
    let weights = given.contains { $0 > 0 } ? given : [Double](repeating: 1, count: cells)
    let total = weights.reduce(0, +)
    let values = patient.maps.array
    return (0..<patient.maps.shape[0]).map { map in
      (0..<cells).reduce(0) { $0 + weights[$1] * Double(values[map * cells + $1]) } / total
    }
  }

  private static func standardized(_ rows: [[Double]], by members: [Int]) -> [[Float]] {
    let width = rows[0].count
    let root = Double(width).squareRoot()
    var result = rows.map { _ in [Float](repeating: 0, count: width) }
    for column in 0..<width {
      let known = members.map { rows[$0][column] }
      let mean = known.reduce(0, +) / Double(known.count)
      let squares = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let deviation = (squares / Double(known.count)).squareRoot()
      // Rounding leaves a constant column a little spread, which must not be blown up.
      guard deviation > 1e-6 * max(abs(mean), 1e-3) else { continue }
      for row in rows.indices {
        result[row][column] = Float((rows[row][column] - mean) / deviation / root)
      }
    }
    return result
  }
}
