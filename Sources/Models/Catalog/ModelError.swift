/// Why a model cannot do what was asked of it, in one sentence or two.
public struct ModelError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What happened and what to do about it.
  public let description: String

  /// Takes whole sentences, full stop included.
  public init(_ description: String) { self.description = description }

  /// Thrown where the caller itself asked to stop.
  public static let cancelled = ModelError("Stopped.")
}

/// What the caller of a long prediction wants to hear, and whether it still wants the result.
public struct PredictionWork: Sendable {
  /// Hears the share that is done, 0...1, between batches.
  public var report: @Sendable (Double) -> Void
  /// Asked between batches.
  public var isCancelled: @Sendable () -> Bool
  /// Where features of encoders are kept between runs, if anywhere.
  public var features: (any FeatureStore)?

  /// Hears nothing and goes on to the end unless told otherwise.
  public init(
    report: @escaping @Sendable (Double) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false },
    features: (any FeatureStore)? = nil
  ) {
    self.report = report
    self.isCancelled = isCancelled
    self.features = features
  }

  /// - Throws: ``ModelError/cancelled`` when the result is no longer wanted.
  func check() throws(ModelError) {
    if isCancelled() { throw .cancelled }
  }

  /// The part of a longer piece of work from one share to another.
  public func part(from start: Double, to end: Double) -> PredictionWork {
    PredictionWork(
      report: { [report] in report(start + (end - start) * $0) }, isCancelled: isCancelled,
      features: features)
  }
}
