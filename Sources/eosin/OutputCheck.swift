import Foundation
import Workbench

/// Says before long work that its result could not be written, where that is known already.
///
/// - Throws: when a file is there and may not be replaced.
func checkOutput(_ path: String, replacing: Bool) throws {
  if !replacing, FileManager.default.fileExists(atPath: path) {
    throw WorkbenchError("\(path) is there already. Name another file, or pass --force.")
  }
}
