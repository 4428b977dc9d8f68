import Foundation

@testable import Sections

/// What Space Ranger and Cell Ranger write, text and Parquet.
let spaceRangerTargets = [
  FuzzTarget(
    "mtx", reads: "a Matrix Market file, then features and barcodes, a zero byte between them",
    seeds: [
      "%%MatrixMarket matrix coordinate integer general\n%metadata\n3 2 3\n1 1 5\n3 1 1\n2 2 12\n"
        + "\0ENSG1\tFASN\tGene Expression\nENSG2\tGNAS\tGene Expression\nA1\tCD3\tAntibody Capture\n"
        + "\0AAA-1\nAAC-1\n",
      "%%MatrixMarket matrix coordinate real general\n2 3 2\n2 3 0.5\n1 1 1e3\n",
      "%%MatrixMarket\tmatrix coordinate pattern general\r\n\r\n2 2 1\r\n2 1\r\n\0A\nB\n\0C\nD\n",
    ].map { Array($0.utf8) }, run: readMatrixMarket),
  FuzzTarget(
    "positions", reads: "positions of barcodes, as text or Parquet",
    seeds: [
      "barcode,in_tissue,array_row,array_col,pxl_row_in_fullres,pxl_col_in_fullres\n"
        + "AAA-1,1,0,16,1432,3212.5\nAAC-1,0,1,17,NA,3\nAAG-1,1,2,0,8,1e9\n",
      "AAA-1,1,0,16,1432,3212\nAAC-1,1,1,17,88,3\n",
    ].map { Array($0.utf8) }
  ) { bytes in
    try withFile(bytes, named: "tissue_positions") { file in
      let positions = try TissuePositions(reading: file)
      _ = try positions.indices(of: ["AAA-1", "AAC-2", "AAG"], in: file)
    }
  },
  FuzzTarget(
    "scalefactors", reads: "scale factors of images",
    seeds: [
      #"{"spot_diameter_fullres": 89.4, "tissue_hires_scalef": 0.17, "tissue_lowres_scalef": 5e-2}"#,
      #"{"bin_size_um": 8, "microns_per_pixel": 0.27, "tissue_hires_scalef": null}"#,
    ].map { Array($0.utf8) }
  ) { bytes in
    try withFile(bytes, named: "scalefactors_json.json") { _ = try ScaleFactors(reading: $0) }
  },
  FuzzTarget("parquet", reads: "a flat Parquet table") { bytes in
    let table = try ParquetTable(parsing: bytes, of: nowhere)
    for name in table.columnNames.prefix(16) {
      check(Result { try table.numbers(name) })
      check(Result { try table.texts(name) })
    }
  },
]

private func readMatrixMarket(_ bytes: [UInt8]) throws {
  let parts = bytes.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
  let one = Result { try MatrixMarketEntries(parsing: Array(parts[0]), of: nowhere, parts: 1) }
  let three = Result { try MatrixMarketEntries(parsing: Array(parts[0]), of: nowhere, parts: 3) }
  switch (one, three) {
  case (.success(let one), .success(let three)):
    precondition(one.rows == three.rows && one.columns == three.columns)
    precondition(one.values == three.values)
  case (.failure(let one), .failure(let three)): precondition("\(one)" == "\(three)")
  default: preconditionFailure("\(one) and \(three)")
  }
  _ = try one.get()
  guard parts.count == 3 else { return }
  try withFile(Array(parts[0]), named: "matrix.mtx") { file in
    let folder = file.deletingLastPathComponent()
    try Data(parts[1]).write(to: folder.appending(path: "features.tsv"))
    try Data(parts[2]).write(to: folder.appending(path: "barcodes.tsv"))
    try takeGenes(try FeatureMatrix(reading: file), of: file)
  }
}

/// The genes, named, and the counts of some.
func takeGenes(_ matrix: FeatureMatrix, of file: URL) throws {
  var matrix = matrix
  matrix.keepGenes()
  let names = try matrix.geneNames(of: file)
  precondition(names.count == matrix.counts.geneCount)
  precondition(matrix.barcodes.count == matrix.counts.spotCount)
  for gene in names.indices.prefix(16) { _ = matrix.counts.values(ofGene: gene) }
}
