import Foundation
import Images

/// Opens an image alone, or a folder of images, to be looked at: sections without spots or genes.
///
/// Names end in what H&E images are saved as; what a file is shows when it is opened.
public enum ImageReader: SectionReader {
  /// What `--format` takes: `image`.
  public static let format = "image"
  /// What is opened, for a message about what is not.
  public static let looksFor = "an image or a folder of images"

  /// Whether the name is an image's, or a folder holds files with such names.
  public static func recognizes(_ path: URL) -> Bool { !images(in: path).isEmpty }

  /// The images, sorted by name.
  public static func sections(in path: URL) throws(SectionError) -> [SectionReference] {
    images(in: path).map { image in
      let name = image.deletingPathExtension().lastPathComponent
      return SectionReference(
        name: name, patient: name, counts: image, spots: nil, image: image)
    }
  }

  /// Opens the image; a section needs nothing else.
  public static func read(_ reference: SectionReference) throws(SectionError) -> Section {
    do {
      let image = try ImageFile(opening: reference.image ?? reference.counts)
      return Section(
        name: reference.name, patient: reference.patient, platform: "image", spots: [], genes: [],
        counts: SparseMatrix(spotCount: 0, starts: [0], spots: [], values: []), image: image,
        files: [image.url])
    } catch {
      throw SectionError(subject: error.file, problem: error.problem)
    }
  }

  private static func images(in path: URL) -> [URL] {
    let candidates =
      isFolder(path)
      ? namesInFolder(path).sorted().map { path.appending(path: $0) } : [path]
    return candidates.filter { imageStem($0.lastPathComponent) != nil }
  }
}
