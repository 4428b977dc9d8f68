import Foundation

/// Nuclei of a GeoJSON file: a feature a nucleus, as QuPath exports detections and cells.
///
/// A cell counts by the outline of its nucleus where it has one. Annotations and tiles, which QuPath
/// writes into the same file, are no nuclei.
struct GeoJSONNuclei {
  let points: NucleusPoints

  init(_ text: [UInt8], of url: URL) throws(SectionError) {
    let features: [Feature]
    do {
      let file = try JSONDecoder().decode(File.self, from: Data(text))
      features = file.features
    } catch {
      throw SectionError(
        file: url,
        problem:
          "is no GeoJSON with a list of features, each with a geometry. Export the detections "
          + "as GeoJSON again.")
    }
    var (x, y): ([Double], [Double]) = ([], [])
    for (index, feature) in features.enumerated() where feature.isNucleus {
      guard let shape = feature.nucleusGeometry ?? feature.geometry,
        let centres = shape.centres, centres.allSatisfy({ $0.x.isFinite && $0.y.isFinite })
      else {
        throw SectionError(
          file: url,
          problem:
            "feature \(index + 1) is no point or polygon with coordinates. Export detections "
            + "as points or polygons.")
      }
      for centre in centres {
        x.append(centre.x)
        y.append(centre.y)
      }
    }
    points = NucleusPoints(url: url, x: x, y: y)
  }

  /// A collection of features, a list of them, or one.
  private struct File: Decodable {
    let features: [Feature]

    init(from decoder: any Decoder) throws {
      if let list = try? decoder.singleValueContainer().decode([Feature].self) {
        features = list
        return
      }
      let members = try decoder.container(keyedBy: CodingKeys.self)
      features =
        members.contains(.features)
        ? try members.decode([Feature].self, forKey: .features) : [try Feature(from: decoder)]
    }

    private enum CodingKeys: CodingKey { case features }
  }

  private struct Feature: Decodable {
    struct Properties: Decodable { let objectType: String? }
    let geometry: Geometry?
    let nucleusGeometry: Geometry?
    let properties: Properties?

    var isNucleus: Bool {
      !["annotation", "tile", "tma_core", "root"].contains(
        properties?.objectType?.lowercased() ?? "")
    }
  }

  /// A shape of which a centre can be taken.
  private struct Geometry: Decodable {
    let type: String
    /// One centre, or one a point of several; nil for shapes that are no nuclei.
    let centres: [(x: Double, y: Double)]?

    init(from decoder: any Decoder) throws {
      let members = try decoder.container(keyedBy: CodingKeys.self)
      type = try members.decode(String.self, forKey: .type)
      func decoded<Value: Decodable>(_ value: Value.Type) throws -> Value {
        try members.decode(value, forKey: .coordinates)
      }
      switch type {
      case "Point": centres = Self.point(try decoded([Double].self)).map { [$0] }
      case "MultiPoint":
        let points = try decoded([[Double]].self).map(Self.point)
        centres = points.contains { $0 == nil } ? nil : points.compactMap(\.self)
      case "Polygon":
        centres = Self.centre(ofRing: try decoded([[[Double]]].self).first).map { [$0.centre] }
      case "MultiPolygon":
        // Parts that hang together by a corner: the largest tells.
        let parts = try decoded([[[[Double]]]].self).compactMap { Self.centre(ofRing: $0.first) }
        centres = parts.max { $0.area < $1.area }.map { [$0.centre] }
      default: centres = nil
      }
    }

    private enum CodingKeys: CodingKey { case type, coordinates }

    private static func point(_ numbers: [Double]) -> (x: Double, y: Double)? {
      numbers.count >= 2 ? (numbers[0], numbers[1]) : nil
    }

    /// The centroid of what a ring encloses, of its corners where that is nothing.
    private static func centre(
      ofRing ring: [[Double]]?
    ) -> (centre: (x: Double, y: Double), area: Double)? {
      guard let ring, !ring.isEmpty, ring.allSatisfy({ $0.count >= 2 }) else { return nil }
      // Measured from a corner, so that far from the origin nothing is lost.
      let (left, top) = (ring[0][0], ring[0][1])
      var (area, x, y) = (0.0, 0.0, 0.0)
      for (one, next) in zip(ring, ring.dropFirst() + ring.prefix(1)) {
        let (x0, y0, x1, y1) = (one[0] - left, one[1] - top, next[0] - left, next[1] - top)
        let cross = x0 * y1 - x1 * y0
        area += cross / 2
        x += (x0 + x1) * cross / 6
        y += (y0 + y1) * cross / 6
      }
      guard abs(area) > 1e-9 else {
        let count = Double(ring.count)
        return (
          (ring.reduce(0) { $0 + $1[0] } / count, ring.reduce(0) { $0 + $1[1] } / count), 0
        )
      }
      return ((left + x / area, top + y / area), abs(area))
    }
  }
}
