/// Why something asked of the workbench could not be done, in one sentence.
public struct WorkbenchError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What happened and what to do about it, as the user reads it.
  public let description: String

  /// Takes whole sentences, full stop included.
  public init(_ description: String) { self.description = description }

  /// Thrown where the caller itself asked to stop.
  public static let cancelled = WorkbenchError("Stopped.")
}
