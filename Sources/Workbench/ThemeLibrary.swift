import Drawing
import Foundation

extension UserFolders {
  /// The built-in themes and the user's own; a user's theme replaces the built-in of its name.
  ///
  /// - Returns: the themes, and one sentence for each line of a user's theme not understood.
  public func themes() -> (themes: [Theme], warnings: [String]) {
    var themes = Theme.builtIn
    var warnings: [String] = []
    let folder = config.appending(path: "themes")
    let files =
      (try? FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: nil)) ?? []
    let own = files.filter { $0.pathExtension == "theme" }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
    for file in own {
      guard let text = try? String(contentsOf: file, encoding: .utf8) else {
        warnings.append("\(file.path): this theme cannot be read as UTF-8 text.")
        continue
      }
      let name = file.deletingPathExtension().lastPathComponent
      let theme = Theme(name: name, text: text, warnings: &warnings)
      if let place = themes.firstIndex(where: { $0.name == name }) {
        themes[place] = theme
      } else {
        themes.append(theme)
      }
    }
    return (themes, warnings)
  }
}
