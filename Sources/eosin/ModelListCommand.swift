import ArgumentParser
import Workbench

/// The models of the catalog.
struct ModelListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the models that Eosin can run.")

  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let rows = CatalogRow.all
    try json ? printJSON(rows) : print(CatalogRow.text(of: rows))
  }
}
