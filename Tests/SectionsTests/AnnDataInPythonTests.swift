import Foundation
import Images
import TestSupport
import Testing

@testable import Sections

/// Files opened by anndata and scanpy themselves, where `EOSIN_ANNDATA_PYTHON` names a Python that
/// has both.
@Suite(.enabled(if: AnnDataCheck.isPossible))
struct AnnDataInPythonTests {
  @Test(arguments: [1, 1500])
  func `anndata reads every value, and scanpy draws it`(spots: Int) throws {
    let folder = TemporaryFolder()
    var export = SmallExport.export(spots: spots, genes: 130)
    let image = RGBImage(
      width: 40, height: 30, pixels: (0..<3600).map { UInt8(truncatingIfNeeded: $0 * 7) })
    export.section.image = try folder.image(width: 2000, height: 1500)
    export.section.placement = ImagePlacement(scale: 0.5)
    export.section.spotDiameter = 110
    export.picture = image
    let file = folder.url.appending(path: "section.h5ad")
    try export.writeAnnData(to: file, replacing: false)
    let expected = folder.write(
      Array(try JSONSerialization.data(withJSONObject: expectation(of: export))),
      to: "expected.json")
    let (status, words) = try AnnDataCheck.run(["expect", file.path, expected.path])
    #expect(status == 0, "\(words)")
  }

  private func expectation(of export: SectionExport) -> [String: Any] {
    let section = export.section
    let columns = section.genes.indices.map { section.counts.values(ofGene: $0) }
    let prediction = export.predictions[0]
    let layer = section.spots.indices.map { spot in
      section.genes.map { gene -> Any in
        guard let row = prediction.genes.firstIndex(of: gene) else { return NSNull() }
        let value = prediction.values(ofGene: row)[spot]
        return value.isNaN ? NSNull() : Double(value) as Any
      }
    }
    var categories: [String: Any] = [:]
    for part in export.categories {
      categories[part.annotation.name] = [
        "labels": section.spots.indices.map {
          part.annotation.label(ofSpot: $0) as Any? ?? NSNull()
        },
        "colors": part.colors.map { "#" + String($0 | 0x100_0000, radix: 16).dropFirst() },
      ]
    }
    let pixels = export.picture?.pixels ?? []
    return [
      "section": "T1", "version": "test", "spots": section.spots.map(\.id),
      "genes": section.genes, "layers": ["THItoGene": layer], "categories": categories,
      "counts": section.spots.indices.map { spot in columns.map { Double($0[spot]) } },
      "positions": section.spots.map { [$0.x * 2, $0.y * 2] },
      "rows": section.spots.map(\.row), "columns": section.spots.map(\.column),
      "picture": (0..<30).map { y in
        (0..<40).map { x in (0..<3).map { Int(pixels[(y * 40 + x) * 3 + $0]) } }
      },
      "scalefactors": [
        "spot_diameter_fullres": 110, "tissue_hires_scalef": 40.0 / 2000 * 0.5,
      ],
      "protocols": ["THItoGene": ["normalization": "released", "protocol": "made up"]],
    ]
  }
}

extension TemporaryFolder {
  /// A white picture in a file.
  func image(width: Int, height: Int) throws -> ImageFile {
    let pixels = RGBImage(width: width, height: height)
    return try ImageFile(opening: write(Array(try pixels.pngData()), to: "image.png"))
  }
}
