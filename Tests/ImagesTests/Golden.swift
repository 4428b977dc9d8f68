import Foundation

@testable import Images

/// What tifffile, imagecodecs and Pillow wrote and read, stored in `Fixtures`.
enum Golden {
  static let folder = (Bundle.module.resourceURL ?? Bundle.module.bundleURL)
    .appending(path: "Fixtures")

  /// A file and the pixels it has to give.
  struct Kind: Decodable, Sendable {
    var file: String
    var expected: String
    var tolerance: Int

    var url: URL { folder.appending(path: file) }

    func picture() throws -> RGBImage {
      try ImageFile(opening: folder.appending(path: "expected/\(expected).png")).decoded()
    }
  }

  static let kinds: [Kind] = {
    // A fixture that cannot be read fails every test that takes it.
    let data = try! Data(contentsOf: folder.appending(path: "kinds.json"))
    return try! JSONDecoder().decode([Kind].self, from: data)
  }()
}
