import Foundation
import HDF5

/// A matrix of an AnnData file beside its counts that has values of genes at the spots: somebody's
/// prediction, or expression made of the counts.
public struct AnnDataLayer: Sendable, Hashable {
  /// What it is called, such as `THItoGene`.
  public let name: String
  /// Where it is in the file, such as `layers/THItoGene`.
  public let path: String
  /// The genes it has columns for.
  public let geneCount: Int
  /// What the file says of its values; where it says nothing, neither part is there.
  public let sidecar: PredictionSidecar
  /// Whether the file says what its values are, as Eosin's own files do.
  public let isDescribed: Bool
  /// What of its description could not be understood, in a sentence.
  public let note: String?
  /// Whether it is a table with a column for each gene.
  let isTable: Bool
}

extension AnnDataFile {
  /// The layers that can be compared with the counts, in the file's order.
  ///
  /// All of `layers` but those of counts; of `obsm` arrays with a column for each gene of `var`, and
  /// tables half of whose columns or more are genes. What begins with `X_` is no such array: scanpy
  /// calls embeddings so.
  /// - Throws: for tables that are damaged; a layer of another size is left out.
  public func layers() throws(SectionError) -> [AnnDataLayer] {
    var layers: [AnnDataLayer] = []
    for name in members(of: "layers") where !Self.isNamedCounts(name) {
      guard (try? matrix("layers/\(name)", genes: vars)) != nil else { continue }
      layers.append(layer(name, "layers/\(name)", vars.rowCount))
    }
    var genes: Set<String>?
    for name in members(of: "obsm") where !name.hasPrefix("X_") && name != "spatial" {
      let path = "obsm/\(name)"
      if (try? matrix(path, genes: vars)) != nil {
        layers.append(layer(name, path, vars.rowCount))
      } else if file.root.kind(of: path) == .group, let table = try? AnnDataTable(path, in: file),
        table.rowCount == obs.rowCount
      {
        if genes == nil { genes = Set(try AnnDataGenes(vars, of: url).names) }
        let found = table.columns.count { genes?.contains($0) ?? false }
        guard found > 0, found * 2 >= table.columns.count else { continue }
        layers.append(layer(name, path, table.columns.count, isTable: true))
      }
    }
    return layers
  }

  private func layer(
    _ name: String, _ path: String, _ geneCount: Int, isTable: Bool = false
  ) -> AnnDataLayer {
    var sidecar = PredictionSidecar()
    var note: String?
    let json = text("uns/eosin/methods/\(name)")
    if let json {
      do throws(SectionError) {
        sidecar = try PredictionSidecar(parsing: Data(json.utf8), of: url)
      } catch {
        note = "What 'uns/eosin/methods/\(name)' says is not understood: it \(error.problem)"
      }
    }
    return AnnDataLayer(
      name: name, path: path, geneCount: geneCount, sidecar: sidecar, isDescribed: json != nil,
      note: note, isTable: isTable)
  }

  /// A layer as a prediction of a section's spots, joined by the spots' names.
  ///
  /// Genes without any number are left out: Eosin writes NaN for those a method does not predict.
  /// Spots of the section that the file does not have are NaN, and counted in a note.
  /// - Throws: when no spot or no gene is the section's, and when the values would take more than
  ///   half of the machine's memory.
  public func prediction(
    of layer: AnnDataLayer, for section: Section
  ) throws(SectionError) -> Prediction {
    let rowOfName = Dictionary(
      try spotNames().names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let rows = section.spots.map { rowOfName[$0.id] }
    guard rows.contains(where: { $0 != nil }) else {
      throw SectionError(
        file: url,
        problem: "none of its spots is in section \(section.name): it names "
          + "\(listed(Array(rowOfName.keys.sorted().prefix(9)))), the section "
          + "\(listed(section.spots.map(\.id))).")
    }
    let bytes = layer.geneCount.multipliedReportingOverflow(by: 4 * rows.count)
    guard !bytes.overflow, bytes.partialValue <= ProcessInfo.processInfo.physicalMemory / 2 else {
      throw SectionError(
        file: url,
        problem: "'\(layer.path)' has \(counted(layer.geneCount, "gene")) at "
          + "\(counted(rows.count, "spot")), more values than memory holds. Keep fewer genes.")
    }
    let (genes, values) =
      layer.isTable ? try tableValues(layer, rows) : try matrixValues(layer, rows)
    let known = Set(section.genes)
    guard genes.contains(where: known.contains) else {
      throw SectionError(
        file: url,
        problem: "none of the genes of '\(layer.path)' has values and is in section "
          + "\(section.name).")
    }
    var notes = [layer.note].compactMap(\.self)
    let missing = rows.count { $0 == nil }
    if missing > 0 {
      notes.append("\(counted(missing, "spot")) of section \(section.name) not predicted.")
    }
    return Prediction(
      method: layer.name, genes: genes, spotCount: rows.count, values: values,
      normalization: layer.sidecar.normalization, origin: layer.sidecar.origin, notes: notes)
  }

  private func matrixValues(
    _ layer: AnnDataLayer, _ rows: [Int?]
  ) throws(SectionError) -> ([String], [Float]) {
    let names = try AnnDataGenes(vars, of: url).names
    guard let matrix = try matrix(layer.path, genes: vars) else {
      throw SectionError(file: url, problem: "has no '\(layer.path)' any more.")
    }
    if case .dense(let dataset) = matrix.storage {
      let (genes, values) = try AnnDataDenseRows(
        dataset, path: layer.path, spotCount: matrix.spotCount, geneCount: matrix.geneCount,
        file: url
      ).byGene(rows: rows)
      return (genes.map { names[$0] }, values)
    }
    let sparse = try matrix.read().0
    var values: [Float] = []
    values.reserveCapacity(names.count * rows.count)
    for gene in names.indices {
      let dense = sparse.values(ofGene: gene)
      values += rows.map { $0.map { dense[$0] } ?? .nan }
    }
    return (names, values)
  }

  private func tableValues(
    _ layer: AnnDataLayer, _ rows: [Int?]
  ) throws(SectionError) -> ([String], [Float]) {
    let table = try AnnDataTable(layer.path, in: file)
    var genes: [String] = []
    var values: [Float] = []
    for name in table.columns {
      guard let numbers = try table.column(name)?.numbers,
        numbers.contains(where: { $0.isFinite })
      else { continue }
      genes.append(name)
      values += rows.map { row in
        guard let row, numbers[row].isFinite else { return .nan }
        return Float(numbers[row])
      }
    }
    return (genes, values)
  }
}

extension AnnDataDenseRows {
  /// The values of some rows, gene by gene, NaN where there is no row or no finite number, and the
  /// genes they are of: those with a number anywhere in the rows.
  func byGene(rows: [Int?]) throws(SectionError) -> (genes: [Int], values: [Float]) {
    var placesOfRow = [Int](repeating: -1, count: spotCount)
    for (place, row) in rows.enumerated() { if let row { placesOfRow[row] = place } }
    var hasNumber = [Bool](repeating: false, count: geneCount)
    try forEachBlock { (block, values) throws(SectionError) in
      for (row, spot) in block.enumerated() where placesOfRow[spot] >= 0 {
        for gene in 0..<geneCount where values[row * geneCount + gene].isFinite {
          hasNumber[gene] = true
        }
      }
    }
    let genes = hasNumber.indices.filter { hasNumber[$0] }
    var result = [Float](repeating: .nan, count: genes.count * rows.count)
    try forEachBlock { (block, values) throws(SectionError) in
      for (row, spot) in block.enumerated() where placesOfRow[spot] >= 0 {
        for (index, gene) in genes.enumerated() {
          let value = values[row * geneCount + gene]
          if value.isFinite { result[index * rows.count + placesOfRow[spot]] = value }
        }
      }
    }
    return (genes, result)
  }
}
