import Foundation
import HDF5

/// Does something in an HDF5 file, what goes wrong told as of a section's file.
func inHDF5<Result>(
  _ body: () throws(HDF5Error) -> Result
) throws(SectionError) -> Result {
  do throws(HDF5Error) {
    return try body()
  } catch {
    throw SectionError(
      file: URL(filePath: error.file),
      problem: error.object.map { "'\($0)' \(error.problem)" } ?? error.problem)
  }
}
