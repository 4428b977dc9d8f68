import Foundation
import Images

/// Opens a section's image; where that fails says so in a note, for the section is useful without.
func openSectionImage(_ url: URL?, notes: inout [String]) -> ImageFile? {
  guard let url else { return nil }
  do {
    return try ImageFile(opening: url)
  } catch {
    notes.append("No image: \(error.description)")
    return nil
  }
}
