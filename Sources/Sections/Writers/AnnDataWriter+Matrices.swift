import HDF5

extension AnnDataWriter {
  /// `X`: the counts as compressed rows.
  func writeCounts() throws(HDF5Error) {
    try file.makeGroup("/X")
    try mark("/X", "csr_matrix", "0.1.0")
    try file.set(
      "shape", of: "/X", to: [Int64(section.spots.count), Int64(section.genes.count)])
    var rows = CountRows(section.counts)
    let genes = try file.makeList(of: Int32.self, length: rows.entryCount, at: "/X/indices")
    let values = try file.makeList(of: Float.self, length: rows.entryCount, at: "/X/data")
    var starts: [Int64] = [0]
    starts.reserveCapacity(section.spots.count + 1)
    while let block = rows.next() {
      try genes.append(block.genes)
      try values.append(block.values)
      let before = starts[starts.count - 1]
      starts += block.starts.dropFirst().map { before + Int64($0) }
    }
    try genes.close()
    try values.close()
    if rows.entryCount <= Int(Int32.max) {
      try file.write(starts.map { Int32($0) }, shape: [starts.count], to: "/X/indptr")
    } else {
      try file.write(starts, shape: [starts.count], to: "/X/indptr")
    }
  }

  /// A prediction as one of `layers`; parts without a predicted gene take no room in the file.
  func write(_ prediction: Prediction, at path: String) throws(HDF5Error) {
    let (spots, genes) = (section.spots.count, section.genes.count)
    precondition(prediction.spotCount == spots && prediction.denserSpots == nil)
    let rowOfGene = Dictionary(uniqueKeysWithValues: zip(prediction.genes, 0...))
    let rows = section.genes.map { rowOfGene[$0] }
    let (height, width) = (max(1, min(spots, 1024)), max(1, min(genes, 64)))
    let layer = try file.makeArray(
      shape: [spots, genes], chunk: [height, width], fill: Float.nan, at: path)
    for firstSpot in stride(from: 0, to: spots, by: height) {
      let count = min(height, spots - firstSpot)
      for firstGene in stride(from: 0, to: genes, by: width) {
        let part = rows[firstGene..<min(firstGene + width, genes)]
        guard part.contains(where: { $0 != nil }) else { continue }
        var block = [Float](repeating: .nan, count: height * width)
        for (column, row) in part.enumerated() {
          guard let row else { continue }
          let start = row * spots + firstSpot
          for spot in 0..<count { block[spot * width + column] = prediction.values[start + spot] }
        }
        try layer.write(block, at: [firstSpot, firstGene])
      }
    }
    try layer.close()
    try mark(path, "array", "0.2.0")
  }
}
