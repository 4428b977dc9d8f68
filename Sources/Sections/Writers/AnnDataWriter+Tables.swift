import Foundation
import HDF5

extension AnnDataWriter {
  /// `obs`; gives the columns that the export's categories are in.
  func writeSpots() throws(HDF5Error) -> [String] {
    try file.makeGroup("/obs")
    try write(section.spots.map(\.id), at: "/obs/_index")
    let places = section.missingPositions == nil ? ["in_tissue", "array_row", "array_col"] : []
    let columns = uniqueNames(
      export.categories.map(\.annotation.name), taken: Set(places + ["_index"]))
    let count = section.spots.count
    // A section holds the spots under tissue, whatever the files called them.
    if !places.isEmpty {
      try write([Int64](repeating: 1, count: count), shape: [count], at: "/obs/in_tissue")
      try write(section.spots.map { Int64($0.row) }, shape: [count], at: "/obs/array_row")
      try write(section.spots.map { Int64($0.column) }, shape: [count], at: "/obs/array_col")
    }
    for (name, categories) in zip(columns, export.categories) {
      try write(categories.annotation, at: "/obs/\(name)")
    }
    try mark("/obs", "dataframe", "0.2.0")
    try file.set("_index", of: "/obs", to: "_index")
    try file.set("column-order", of: "/obs", to: places + columns)
    return columns
  }

  /// `var`: the genes' names alone.
  func writeGenes() throws(HDF5Error) {
    try file.makeGroup("/var")
    try write(section.genes, at: "/var/_index")
    try mark("/var", "dataframe", "0.2.0")
    try file.set("_index", of: "/var", to: "_index")
    try file.set("column-order", of: "/var", to: [String]())
  }

  /// A categorical: −1 where a spot has none.
  private func write(_ annotation: Annotation, at path: String) throws(HDF5Error) {
    try file.makeGroup(path)
    try mark(path, "categorical", "0.2.0")
    try file.set("ordered", of: path, to: false)
    try write(annotation.categories, at: path + "/categories")
    let codes = annotation.categoryOfSpot.map { $0 ?? -1 }
    let shape = [codes.count]
    switch annotation.categories.count {
    case ...128: try write(codes.map { Int8($0) }, shape: shape, at: path + "/codes")
    case ...32_768: try write(codes.map { Int16($0) }, shape: shape, at: path + "/codes")
    default: try write(codes.map { Int32($0) }, shape: shape, at: path + "/codes")
    }
  }

  /// `uns/<column>_colors`, in the order of the categories, as scanpy looks for them.
  func writeColors(_ columns: [String]) throws(HDF5Error) {
    for (column, categories) in zip(columns, export.categories) {
      let colors = categories.colors.map { color in
        let digits = String(color & 0xFF_FFFF, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
      }
      try write(colors, at: "/uns/\(column)_colors")
    }
  }

  /// `uns/eosin`: where everything comes from.
  func writeOrigins(_ layers: [String], _ columns: [String]) throws(HDF5Error) {
    let path = "/uns/eosin"
    try makeDictionary(path)
    try write(export.version, at: path + "/version")
    try write(section.name, at: path + "/section")
    try write(section.patient, at: path + "/patient")
    try write(section.platform, at: path + "/platform")
    let seen = PredictionSidecar(normalization: export.expression.normalization)
    try write(text(of: seen), at: path + "/normalization")
    try makeDictionary(path + "/methods")
    for (layer, prediction) in zip(layers, export.predictions) {
      let sidecar = PredictionSidecar(
        normalization: prediction.normalization, origin: prediction.origin)
      try write(text(of: sidecar), at: path + "/methods/\(layer)")
    }
    try makeDictionary(path + "/annotations")
    for (column, categories) in zip(columns, export.categories) {
      guard let origin = categories.origin else { continue }
      try write(origin, at: path + "/annotations/\(column)")
    }
  }

  private func text(of sidecar: PredictionSidecar) -> String {
    sidecar.json.map { String(decoding: $0, as: UTF8.self) } ?? "{}\n"
  }

  /// `obsm/spatial` and `uns/spatial`.
  ///
  /// Positions are pixels of the full image, whatever the size of the one Eosin was given; where
  /// they had to be turned to lie on it they stay so, for scanpy draws them as they are.
  func writePositions() throws(HDF5Error) {
    let scale = section.placement.scale
    try write(
      section.spots.flatMap { [$0.x / scale, $0.y / scale] }, shape: [section.spots.count, 2],
      at: "/obsm/spatial")
    let library = "/uns/spatial/\(uniqueNames([section.name])[0])"
    try makeDictionary("/uns/spatial")
    try makeDictionary(library)
    try makeDictionary(library + "/images")
    try makeDictionary(library + "/scalefactors")
    try write(export.spotDiameter / scale, at: library + "/scalefactors/spot_diameter_fullres")
    guard let picture = export.picture, let image = section.image else { return }
    try write(
      picture.pixels, shape: [picture.height, picture.width, 3], at: library + "/images/hires")
    try write(
      Double(picture.width) / Double(image.width) * scale,
      at: library + "/scalefactors/tissue_hires_scalef")
  }
}
