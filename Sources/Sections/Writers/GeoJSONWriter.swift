import Foundation

/// What of a section becomes shapes in GeoJSON.
public struct GeoJSONContent: Sendable, Hashable {
  /// The kinds of shapes.
  public enum Shapes: String, Sendable, Hashable, CaseIterable, Codable {
    /// A circle a spot.
    case spots
    /// The outlines of categories.
    case regions
    /// Both.
    case both
  }

  /// Which shapes.
  public var shapes: Shapes
  /// Which of the export's categories they are of; nil where there are none.
  public var category: Int?
  /// Genes whose values are given with each spot, and their means with each region.
  public var genes: [String]

  /// Takes all three.
  public init(_ shapes: Shapes, ofCategory category: Int? = nil, genes: [String] = []) {
    self.shapes = shapes
    self.category = category
    self.genes = genes
  }
}

extension SectionExport {
  /// Writes spots and regions as a GeoJSON `FeatureCollection` that QuPath opens, whole or not at
  /// all.
  ///
  /// Spots are detections, named as in the section, circles of the spots' size as polygons of 24
  /// corners. Regions are annotations: for each category the spots' cells that touch, joined into
  /// polygons with holes; where columns and rows do not tell the lattice, all circles of the category
  /// together. Coordinates are pixels of the full image from its top left, to a hundredth. Each
  /// feature has a UUID that follows from what it is, its category with the colour as
  /// `classification`, and `measurements`: of spots their counts and genes seen, of regions their
  /// number of spots; of both the genes asked for, observed and by each method.
  ///
  /// Source: QuPath's `QuPathTypeAdapters` for what it reads.
  /// - Throws: when the section has no positions, a gene is in neither the section nor a prediction,
  ///   the file is there and is not to be replaced, or it cannot be written.
  public func writeGeoJSON(
    _ content: GeoJSONContent, to url: URL, replacing: Bool
  ) throws(SectionError) {
    if let problem = missingPositions(for: "Only .h5ad and tables can be written.") {
      throw problem
    }
    let writer = GeoJSONWriter(self, content, measures: try measures(of: content.genes))
    try StreamedFile.write(to: url, replacing: replacing) { file throws(SectionError) in
      try file.append(Array("{\"type\":\"FeatureCollection\",\"features\":[".utf8))
      var isFirst = true
      try writer.forEachFeature { features throws(SectionError) in
        let text = features.map { "\n" + $0 }.joined(separator: ",")
        guard !text.isEmpty else { return }
        try file.append(Array(((isFirst ? "" : ",") + text).utf8))
        isFirst = false
      }
      try file.append(Array("\n]}\n".utf8))
    }
  }

  /// Each gene's values by the name that tells who says so.
  private func measures(
    of genes: [String]
  ) throws(SectionError) -> [(name: String, values: [Float])] {
    var measures: [(String, [Float])] = []
    for gene in genes {
      let before = measures.count
      if let place = section.genes.firstIndex(of: gene) {
        measures.append((gene, expression.values(ofGene: place)))
      }
      for prediction in predictions {
        guard let place = prediction.genes.firstIndex(of: gene) else { continue }
        measures.append(("\(gene) \(prediction.method)", prediction.values(ofGene: place)))
      }
      if measures.count == before {
        let hint = nearest(to: gene, among: section.genes).map { " Did you mean '\($0)'?" } ?? ""
        throw SectionError(
          subject: "section \(section.name)", problem: "has no gene '\(gene)'.\(hint)")
      }
    }
    return measures
  }
}

/// Makes the features of one section, as text.
struct GeoJSONWriter {
  private let export: SectionExport
  private let content: GeoJSONContent
  private let measures: [(name: String, values: [Float])]
  private let counts: [Double]
  private let genesSeen: [Int]

  init(
    _ export: SectionExport, _ content: GeoJSONContent, measures: [(name: String, values: [Float])]
  ) {
    self.export = export
    self.content = content
    self.measures = measures
    (counts, genesSeen) = export.section.counts.sumsOfSpots()
  }

  /// Hands out features, a few thousand at a time; regions first, so that spots lie above them.
  func forEachFeature(_ body: ([String]) throws(SectionError) -> Void) throws(SectionError) {
    if content.shapes != .spots, let category = content.category {
      try body(regions(of: export.categories[category]))
    }
    guard content.shapes != .regions else { return }
    let spots = export.section.spots.count
    for start in stride(from: 0, to: spots, by: 4096) {
      try body((start..<min(start + 4096, spots)).map(feature(ofSpot:)))
    }
  }

  // MARK: Spots

  private func feature(ofSpot spot: Int) -> String {
    let name = export.section.spots[spot].id
    var values = [("Counts", counts[spot]), ("Genes", Double(genesSeen[spot]))]
    values += measures.map { ($0.name, Double($0.values[spot])) }
    let category = content.category.flatMap { category in
      export.categories[category].annotation.categoryOfSpot[spot].map { (category, $0) }
    }
    return feature(
      identity: "spot \(name)", type: "detection", name: name,
      classification: category.map { export.categories[$0.0].classification($0.1) },
      geometry: "{\"type\":\"Polygon\",\"coordinates\":[\(circle(around: spot))]}",
      measurements: values)
  }

  private func circle(around spot: Int) -> String {
    let place = export.section.spots[spot]
    let radius = export.spotDiameter / 2
    return ring(
      (0..<24).map { corner in
        let angle = Double(corner) * .pi / 12
        return (place.x + radius * cos(angle), place.y + radius * sin(angle))
      })
  }

  // MARK: Regions

  private func regions(of categories: SectionExport.Categories) -> [String] {
    let lattice = SpotLattice(export.section.spots)
    let names = categories.annotation.categories
    var spotsOfCategory = [[Int]](repeating: [], count: names.count)
    for (spot, category) in categories.annotation.categoryOfSpot.enumerated() {
      if let category { spotsOfCategory[category].append(spot) }
    }
    return names.indices.flatMap { category in
      lattice.map { regions(of: categories, category, spotsOfCategory[category], $0) }
        ?? discs(of: categories, category, spotsOfCategory[category])
    }
  }

  private func regions(
    of categories: SectionExport.Categories, _ category: Int, _ spots: [Int],
    _ lattice: SpotLattice
  ) -> [String] {
    let all = export.section.spots
    let spotAtPlace = Dictionary(uniqueKeysWithValues: spots.map { (all[$0].place, $0) })
    let regions = LatticeRegions(spots.map { all[$0].place }, on: lattice).regions
    return regions.enumerated().map { number, region in
      let rings = ([region.outline] + region.holes).map { ring($0.map(lattice.position)) }
      return self.region(
        of: categories, category, number: regions.count > 1 ? number + 1 : nil,
        spots: region.places.compactMap { spotAtPlace[$0] },
        geometry: "{\"type\":\"Polygon\",\"coordinates\":[\(rings.joined(separator: ","))]}")
    }
  }

  private func discs(
    of categories: SectionExport.Categories, _ category: Int, _ spots: [Int]
  ) -> [String] {
    guard !spots.isEmpty else { return [] }
    let parts = spots.map { "[\(circle(around: $0))]" }.joined(separator: ",")
    return [
      region(
        of: categories, category, number: nil, spots: spots,
        geometry: "{\"type\":\"MultiPolygon\",\"coordinates\":[\(parts)]}")
    ]
  }

  private func region(
    of categories: SectionExport.Categories, _ category: Int, number: Int?, spots: [Int],
    geometry: String
  ) -> String {
    let name = categories.annotation.categories[category]
    let title = number.map { "\(name) \($0)" } ?? name
    var values = [("Spots", Double(spots.count))]
    for measure in measures {
      let known = spots.map { Double(measure.values[$0]) }.filter(\.isFinite)
      guard !known.isEmpty else { continue }
      values.append(("\(measure.name) mean", known.reduce(0, +) / Double(known.count)))
    }
    return feature(
      identity: "region \(categories.annotation.name) \(category) \(number ?? 0)",
      type: "annotation", name: title, classification: categories.classification(category),
      geometry: geometry, measurements: values)
  }

  // MARK: JSON

  private func feature(
    identity: String, type: String, name: String, classification: String?, geometry: String,
    measurements: [(String, Double)]
  ) -> String {
    let id = stableUUID("eosin section \(export.section.name) \(identity)").uuidString.lowercased()
    let values = measurements.filter { $0.1.isFinite }
      .map { "\(quoted($0.0)):\(number($0.1))" }.joined(separator: ",")
    let kind = classification.map { ",\"classification\":\($0)" } ?? ""
    return "{\"type\":\"Feature\",\"id\":\"\(id)\",\"geometry\":\(geometry),\"properties\":"
      + "{\"objectType\":\"\(type)\",\"name\":\(quoted(name))\(kind),\"measurements\":{\(values)}}}"
  }

  /// A closed ring of positions of the image, as pixels of the full one.
  ///
  /// Which way it runs follows from the array's columns and rows; readers tell holes by their place.
  private func ring(_ corners: [(x: Double, y: Double)]) -> String {
    let scale = export.section.placement.scale
    let points = corners.map { (x: $0.x / scale, y: $0.y / scale) }
    let texts = points.map { "[\(hundredths($0.x)),\(hundredths($0.y))]" }
    return "[\((texts + texts.prefix(1)).joined(separator: ","))]"
  }

  private func hundredths(_ value: Double) -> String {
    let rounded = (value * 100).rounded() / 100
    return rounded == rounded.rounded() && abs(rounded) < 1e15
      ? String(Int(rounded)) : "\(rounded)"
  }

  private func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(Float(value))"
  }
}

extension SectionExport.Categories {
  /// The category as QuPath writes a class.
  fileprivate func classification(_ category: Int) -> String {
    let color = colors[category]
    let parts = [color >> 16 & 255, color >> 8 & 255, color & 255].map { String($0) }
    return "{\"name\":\(quoted(annotation.categories[category])),"
      + "\"color\":[\(parts.joined(separator: ","))]}"
  }
}

/// A text as JSON has it.
private func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\": result += "\\\(scalar)"
    case _ where scalar.value < 32:
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
