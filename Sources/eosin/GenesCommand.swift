import ArgumentParser
import Workbench

/// The genes of a section, ranked.
struct GenesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "genes",
    abstract: "List the genes of a section by name, mean, variance or Moran's I.")

  @OptionGroup var source: SectionOptions
  @Option(help: "The ranking: \(GeneOrder.allCases.map(\.rawValue).joined(separator: ", ")).")
  var by = GeneOrder.variance
  @Option(help: "How many genes to list; 0 for all.") var top = 20
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    if top < 0 { throw ValidationError("--top takes a number from 0 on.") }
  }

  func run() throws {
    let workbench = Workbench()
    let section = try source.load(with: workbench)
    let table = workbench.geneTable(of: section, section.normalization, by: by)
    let rows = top == 0 ? table : Array(table.prefix(top))
    try json ? printJSON(rows) : print(GeneRow.text(of: rows))
  }
}

extension GeneOrder: ExpressibleByArgument {}
