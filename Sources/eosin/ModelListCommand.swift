import ArgumentParser
import Workbench

/// The models of the catalog.
struct ModelListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the models that Eosin can run.")

  @Flag(help: "Print JSON.") var json = false

  /// What there is beside models of expression.
  private static let others = """
    Beside them, without genes: encoders that models see tiles through ('eosin train encoder'), and
    HiST's tumour regions ('eosin train tumour').
    """

  func run() throws {
    let rows = CatalogRow.all
    try json ? printJSON(rows) : print(CatalogRow.text(of: rows) + "\n\n" + Self.others)
  }
}
