import Foundation
import Images

@testable import Sections

/// A folder to which outputs of Space Ranger are written, with three barcodes and two genes.
final class SpaceRangerFolder {
  let folder = TemporaryFolder()
  var url: URL { folder.url }

  static let header =
    "barcode,in_tissue,array_row,array_col,pxl_row_in_fullres,pxl_col_in_fullres\n"
  static let rows = "AAAC-1,1,0,1,100,200\nAAAG-1,1,1,2,310.5,610\nAAAT-1,0,2,3,120,220\n"
  static let scales = """
    {"tissue_hires_scalef": 0.5, "tissue_lowres_scalef": 0.1, "spot_diameter_fullres": 30.5,
     "fiducial_diameter_fullres": 50}
    """

  /// Counts as Matrix Market: gene A at the first barcode 5, gene B at the second 7 and third 9.
  func writeCounts(to path: String = "filtered_feature_bc_matrix/", barcodes: [String]? = nil) {
    let barcodes = barcodes ?? ["AAAC-1", "AAAG-1", "AAAT-1"]
    folder.write(
      gzipped(
        "%%MatrixMarket matrix coordinate integer general\n2 3 3\n1 1 5\n2 2 7\n2 3 9\n"),
      to: path + "matrix.mtx.gz")
    folder.write(
      gzipped("ENSG1\tA\tGene Expression\nENSG2\tB\tGene Expression\n"),
      to: path + "features.tsv.gz")
    folder.write(
      gzipped(barcodes.map { $0 + "\n" }.joined()), to: path + "barcodes.tsv.gz")
  }

  /// Positions, scale factors and an image of 400 by 300 pixels named as the hires one.
  func writeSpatial(
    to path: String = "spatial/", positions: String = header + rows,
    named name: String = "tissue_positions.csv", scales: String? = scales,
    image: String? = "tissue_hires_image.png"
  ) {
    folder.write(positions, to: path + name)
    if let scales { folder.write(scales, to: path + "scalefactors_json.json") }
    if let image { folder.write(Self.png(width: 400, height: 300), to: path + image) }
  }

  func read(_ path: String = "", named name: String? = nil) throws -> Section {
    let sections = try SpaceRangerReader.sections(in: url.appending(path: path))
    return try Self.read(name.flatMap { name in sections.first { $0.name == name } } ?? sections[0])
  }

  /// Reads a section and lays its spots on its image, as ``DataSet`` does.
  static func read(_ reference: SectionReference) throws -> Section {
    try SpaceRangerReader.read(reference).placed(by: reference.placement ?? PlacementRequest())
  }

  /// A white picture.
  static func png(width: Int, height: Int) -> [UInt8] {
    Array(try! RGBImage(width: width, height: height).pngData())
  }
}
