/// Names genes by their symbols where names hold an Ensembl identifier beside them, such as
/// `ENSG00000141510.17_TP53`, `TP53_ENSG00000141510` or `ENSG00000141510|TP53`. Says so.
///
/// An identifier is `ENS`, up to four letters for a species, `G`, eleven digits and perhaps a
/// version; between the two stands `_`, `|`, `:` or a space. Identifiers alone stay as they are.
func nameGenesBySymbol(_ genes: inout [String]) -> String? {
  var renamed = 0
  for index in genes.indices {
    guard let symbol = symbolBesideIdentifier(genes[index]) else { continue }
    genes[index] = symbol
    renamed += 1
  }
  guard renamed > 0 else { return nil }
  return
    "\(counted(renamed, "gene name")) held an Ensembl identifier beside the symbol; the symbol "
    + "is the name."
}

private func symbolBesideIdentifier(_ name: String) -> String? {
  // No look at all but the first bytes of nearly all names.
  guard name.utf8.count > 16, let first = name.utf8.firstIndex(where: isSeparator),
    let last = name.utf8.lastIndex(where: isSeparator)
  else { return nil }
  for (identifier, symbol) in [
    (name[..<first], name[name.utf8.index(after: first)...]),
    (name[name.utf8.index(after: last)...], name[..<last]),
  ] where isEnsemblGene(identifier) && !symbol.isEmpty {
    return String(symbol)
  }
  return nil
}

private func isSeparator(_ byte: UInt8) -> Bool {
  byte == UInt8(ascii: "_") || byte == UInt8(ascii: "|") || byte == UInt8(ascii: ":")
    || byte == UInt8(ascii: " ")
}

private func isEnsemblGene(_ text: Substring) -> Bool {
  guard text.hasPrefix("ENS") else { return false }
  let parts = text.dropFirst(3).split(separator: ".", omittingEmptySubsequences: false)
  let letters = parts[0].prefix { $0.isASCII && $0.isUppercase }
  func areDigits(_ text: Substring) -> Bool { text.allSatisfy { $0.isASCII && $0.isNumber } }
  let digits = parts[0].dropFirst(letters.count)
  return letters.count <= 5 && letters.last == "G" && digits.count == 11 && areDigits(digits)
    && (parts.count == 1 || parts.count == 2 && !parts[1].isEmpty && areDigits(parts[1]))
}
