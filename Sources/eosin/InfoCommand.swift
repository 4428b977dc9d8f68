import ArgumentParser
import Foundation
import Workbench

/// What was recognised, and what a section holds.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Say what a data set holds, what did not join, and whether spots fit the image.",
    discussion: """
      Lists the sections; with --section, or for a single section, tells all about it. Of a list of \
      genes, or a folder of such lists, it tells how many there are.
      """)

  @OptionGroup var source: SectionOptions
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    if let path = source.folder, source.section == nil {
      let panels = try PanelInfo.panels(at: URL(filePath: path))
      guard panels.isEmpty else {
        return try json
          ? printJSON(panels) : print(panels.map(\.text).joined(separator: "\n"))
      }
    }
    let dataSet = try source.dataSet()
    guard source.section != nil || source.counts != nil || dataSet.sections.count == 1 else {
      let info = DataSetInfo(dataSet)
      return json ? try printJSON(info) : print(info.text)
    }
    let workbench = Workbench()
    let loaded = try workbench.load(
      try source.reference(in: dataSet), of: dataSet, panel: try source.readPanel(),
      normalization: source.normalization, isToldOfOnly: true)
    let info = SectionInfo(
      loaded, format: dataSet.format, remark: workbench.remark(onImageOf: loaded))
    try json ? printJSON(info) : print(info.text)
  }
}
