import Drawing
import Foundation
import TestSupport
import Testing
import Workbench

@Suite struct UserFolderTests {
  let home: TemporaryFolder

  init() throws { home = try TemporaryFolder() }

  var folders: UserFolders { UserFolders(environment: ["HOME": home.url.path]) }

  @Test func `folders are those of the XDG specification`() {
    let plain = UserFolders(environment: ["HOME": "/home/ada"])
    #expect(plain.config.path == "/home/ada/.config/eosin")
    #expect(plain.cache.path == "/home/ada/.cache/eosin")
    #expect(plain.state.path == "/home/ada/.local/state/eosin")
    let own = UserFolders(environment: [
      "HOME": "/home/ada", "XDG_CONFIG_HOME": "/c", "XDG_CACHE_HOME": "cache",
      "XDG_STATE_HOME": "",
    ])
    #expect(own.config.path == "/c/eosin")
    // Relative and empty ones are ignored, as the specification asks.
    #expect(own.cache.path == "/home/ada/.cache/eosin")
    #expect(own.state.path == "/home/ada/.local/state/eosin")
  }

  @Test func `the sample data are looked for where EOSIN_DATA says first`() throws {
    try home.write("", to: "SampleData/data/x")
    let found = UserFolders(environment: ["EOSIN_DATA": home.url.path]).sampleData
    #expect(found?.standardizedFileURL.path == home.path("SampleData"))
  }

  @Test func `a theme of one's own replaces the built-in one of its name`() throws {
    let folder = ".config/eosin/themes"
    let builtIn = Theme.builtIn.map(\.name)
    try home.write("text = #010203\n", to: "\(folder)/eosin-light.theme")
    let own = "text = red\nnonsense\nborder = #12\nedge = #ffffff\n"
    try home.write(own, to: "\(folder)/own.theme")
    try home.write([0xFF, 0xFE, 0x00], to: "\(folder)/broken.theme")
    try home.write("text = nothing", to: "\(folder)/notes.txt")
    let (themes, warnings) = folders.themes()
    #expect(themes.map(\.name) == builtIn + ["own"])
    let light = try #require(themes.first { $0.name == "eosin-light" })
    #expect(light[.text] == .color(Color(0x010203)))
    #expect(light[.border] == Theme.standard[.border])
    #expect(themes.last?[.text] == .palette(1))
    #expect(
      warnings.sorted() == [
        "\(home.path("\(folder)/broken.theme")): this theme cannot be read as UTF-8 text.",
        "own.theme:2: 'nonsense' is not of the form role = colour.",
        "own.theme:3: '#12' is not a colour; write #rrggbb, a terminal colour such as bright-red, "
          + "or default.",
        "own.theme:4: there is no role 'edge'.",
      ])
  }

  private struct View: Codable, Hashable {
    var gene: String
    var scale: Double
  }

  @Test func `a view is kept for each data set`() throws {
    let store = ViewStore(folders)
    let first = home.url.appending(path: "a/her2st")
    let second = home.url.appending(path: "b/her2st")
    #expect(store.view(of: first, as: View.self) == nil)
    store.keep(View(gene: "FASN", scale: 0.5), of: first)
    store.keep(View(gene: "GNAS", scale: 2), of: second)
    let again = ViewStore(folders)
    #expect(again.view(of: first, as: View.self) == View(gene: "FASN", scale: 0.5))
    #expect(again.view(of: second, as: View.self) == View(gene: "GNAS", scale: 2))
    let other = home.url.appending(path: "b/../a/./her2st")
    #expect(again.view(of: other, as: View.self) == View(gene: "FASN", scale: 0.5))
  }

  @Test func `a view that cannot be read or written does no harm`() throws {
    let dataSet = home.url.appending(path: "her2st")
    let store = ViewStore(folders)
    store.keep(["not": "a view"], of: dataSet)
    #expect(store.view(of: dataSet, as: View.self) == nil)
    store.keep(View(gene: "FASN", scale: 1), of: dataSet)
    #expect(store.view(of: dataSet, as: View.self) != nil)

    // A file where the folder should be.
    let state = try home.write("", to: "file")
    let blocked = ViewStore(UserFolders(environment: ["XDG_STATE_HOME": state]))
    blocked.keep(View(gene: "FASN", scale: 1), of: dataSet)
    #expect(blocked.view(of: dataSet, as: View.self) == nil)
    let nowhere = ViewStore(UserFolders(environment: ["XDG_STATE_HOME": "/proc/no"]))
    nowhere.keep(View(gene: "FASN", scale: 1), of: dataSet)
    #expect(nowhere.view(of: dataSet, as: View.self) == nil)
  }
}
