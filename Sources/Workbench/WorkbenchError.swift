/// Why something asked of the workbench could not be done, in one sentence.
public struct WorkbenchError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }

  /// Thrown where the caller itself asked to stop.
  public static let cancelled = WorkbenchError("Stopped.")
}
