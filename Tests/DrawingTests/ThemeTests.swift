import Drawing
import Foundation
import TestSupport
import Testing

@Suite struct ThemeTests {
  @Test func `every theme file loads without a warning and names every role`() throws {
    let folder = SharedFiles.repository.appending(path: "Themes")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "theme" }
    #expect(files.count >= 4)
    for file in files {
      let text = try String(contentsOf: file, encoding: .utf8)
      var warnings: [String] = []
      let name = file.deletingPathExtension().lastPathComponent
      let theme = Theme(name: name, text: text, warnings: &warnings)
      #expect(warnings == [])
      for role in Role.allCases {
        #expect(text.contains("\n\(role.fileName) = "), "\(name) lacks \(role.fileName)")
      }
      #expect(Theme.builtIn.contains(theme), "\(name) is not built into the program")
    }
    #expect(files.count == Theme.builtIn.count)
  }

  @Test func `an unknown role or colour is told with its line`() {
    var warnings: [String] = []
    let theme = Theme(
      name: "mine",
      text: "# comment\nbackgruond = #000000\ntext = blau\naccent\nkey = bright-red\n",
      warnings: &warnings)
    #expect(
      warnings == [
        "mine.theme:2: there is no role 'backgruond'.",
        "mine.theme:3: 'blau' is not a colour; write #rrggbb, a terminal colour such as "
          + "bright-red, or default.",
        "mine.theme:4: 'accent' is not of the form role = colour.",
      ])
    #expect(theme[.key] == .palette(9))
    #expect(theme[.text] == Theme.standard[.text])
  }
}
