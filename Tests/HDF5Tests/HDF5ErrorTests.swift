import Foundation
import HDF5
import Testing

@Test func `an HDF5 error names the file and what in it`() {
  let file = URL(filePath: "/data/a.h5ad")
  let whole = HDF5Error(file: file, problem: "is no HDF5 file.")
  let inside = HDF5Error(file: file, object: "obsm/spatial", problem: "has 3 columns.")
  #expect("\(whole)" == "/data/a.h5ad: is no HDF5 file.")
  #expect("\(inside)" == "/data/a.h5ad: 'obsm/spatial' has 3 columns.")
}
