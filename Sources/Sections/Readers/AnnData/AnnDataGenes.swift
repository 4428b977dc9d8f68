import Foundation

/// The columns of `var` in which people keep gene symbols, the likeliest first: scanpy's readers,
/// cellxgene, Seurat's and Bioconductor's converters.
private let symbolColumns = [
  "gene_symbols", "feature_name", "gene_name", "gene_symbol", "gene_names", "SYMBOL", "symbol",
  "Symbol", "gene_short_name", "features",
]

/// What the genes of a file are called.
struct AnnDataGenes {
  /// Unique names, in the file's order.
  private(set) var names: [String]
  /// What was changed, a sentence each.
  private(set) var notes: [String] = []

  /// Reads names from `var` or `raw/var`.
  ///
  /// Where most of them are Ensembl identifiers and a column has symbols, those are taken; a gene
  /// without one keeps its identifier. Genes of the same name get numbers, as in anndata's
  /// `var_names_make_unique`.
  init(_ table: AnnDataTable, of file: URL) throws(SectionError) {
    names = try table.names()
    try refuseNamelessGenes(names, lines: nil, of: file)
    if isMostlyEnsembl(names) {
      for column in symbolColumns where table.columns.contains(column) {
        guard let symbols = try table.column(column)?.texts, !isMostlyEnsembl(symbols) else {
          continue
        }
        for (gene, symbol) in symbols.enumerated() {
          if let symbol, !symbol.isEmpty { names[gene] = symbol }
        }
        notes.append(
          "Genes are named by \(quoted("\(table.path)/\(column)")); the index holds Ensembl identifiers."
        )
        break
      }
    }
    if let note = numberRepeatedGenes(&names) { notes.append(note) }
  }
}

/// Whether more than half of the names are Ensembl gene identifiers, with or without a version.
private func isMostlyEnsembl(_ names: [String?]) -> Bool {
  let identifiers = names.count { $0.map { isEnsemblGene($0) } ?? false }
  return identifiers * 2 > names.count
}

/// Whether a name is `ENS`, perhaps letters of a species, `G`, eleven digits, and perhaps a point
/// and a version: `ENSG00000141736.14`, `ENSMUSG00000002985`.
func isEnsemblGene(_ name: String) -> Bool {
  guard name.utf8.count >= 15, name.hasPrefix("ENS") else { return false }
  let stem = name.utf8.prefix { $0 != UInt8(ascii: ".") }
  let digits = stem.suffix(11)
  let letters = stem.dropLast(11)
  return digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    && letters.last == UInt8(ascii: "G")
    && letters.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
}
