import Foundation
import HDF5
import Images

@testable import Sections

/// HDF5 files, as Cell Ranger, AnnData and others write them.
let hdf5Targets = [
  FuzzTarget("hdf5", reads: "an HDF5 file, all of it") { bytes in
    try withFile(bytes, named: "input.h5") { file in
      guard HDF5File.recognizes(file) else { return }
      var visits = 200
      try visit(try HDF5File(opening: file).root, depth: 0, &visits)
    }
  },
  FuzzTarget("10x", reads: "counts in Cell Ranger's HDF5 file") { bytes in
    try withFile(bytes, named: "input.h5") { file in
      try takeGenes(try FeatureMatrix(reading: file), of: file)
    }
  },
  FuzzTarget("h5ad", reads: "the sections of an AnnData file") { bytes in
    try withFile(bytes, named: "input.h5ad") { file in
      for reference in try AnnDataReader.sections(in: file).prefix(4) {
        let section = try AnnDataReader.read(reference)
        for gene in section.genes.indices.prefix(16) { _ = section.counts.values(ofGene: gene) }
        for note in section.notes { checkSentence(note) }
        if let image = section.image { _ = try image.decoded() }
      }
    }
  },
]

/// Reads all that lies in a group, in every way it can be asked for.
///
/// - Parameter visits: how many groups and datasets may still be looked at, as links may lead back.
private func visit(_ group: HDF5Group, depth: Int, _ visits: inout Int) throws {
  readAll(group.attributes)
  for name in try group.members where visits > 0 {
    visits -= 1
    switch group.kind(of: name) {
    case .group where depth < 6:
      let member = Result { try group.group(name) }
      check(member)
      if let member = try? member.get() { try visit(member, depth: depth + 1, &visits) }
    case .dataset:
      let member = Result { try group.dataset(name) }
      check(member)
      if let member = try? member.get() { readAll(member) }
    default: break
    }
  }
}

private func readAll(_ dataset: HDF5Dataset) {
  readAll(dataset.attributes)
  if case .compound(let fields) = dataset.type {
    for field in fields {
      let field = Result { try dataset.field(field.name) }
      check(field)
      if let field = try? field.get() { readValues(field) }
    }
  }
  readValues(dataset)
}

private func readValues(_ dataset: HDF5Dataset) {
  let rows = 0..<min(2, dataset.rowCount)
  check(Result { try dataset.read(Float.self) })
  check(Result { try dataset.read(Int32.self) })
  check(Result { try dataset.read(UInt32.self, rows: rows) })
  check(Result { try dataset.readStrings() })
  check(Result { try dataset.readStrings(rows: rows) })
  check(Result { try dataset.readBooleans() })
}

private func readAll(_ attributes: HDF5Attributes) {
  for name in attributes.names {
    _ = attributes.type(of: name)
    check(Result { try attributes.strings(name) })
    check(Result { try attributes.numbers(name, as: Double.self) })
  }
}

/// Looks at what a failure says.
func check<Value>(_ result: Result<Value, any Error>) {
  if case .failure(let error) = result { checkMessage(of: error) }
}
