import CDeflate
import Foundation
import Images

/// Why the sample data could not be written, in one sentence.
struct GeneratorError: Error, CustomStringConvertible {
  var description: String
}

/// Writes sections in the layout of the authors' repository of HER2+.
struct SampleWriter {
  let folder: URL

  func write(_ section: SampleSection) throws {
    let name = section.specification.name
    let data = folder.appending(path: "data")
    try write(
      compressed(countTable(section)), to: data.appending(path: "ST-cnts/\(name).tsv.gz"))
    try write(
      Data(selectionTable(section).utf8),
      to: data.appending(path: "ST-spotfiles/\(name)_selection.tsv"))
    try write(
      Data(labelTable(section).utf8),
      to: data.appending(path: "ST-pat/lbl/\(name)_labeled_coordinates.tsv"))
    let image = data.appending(path: "ST-imgs/\(section.specification.patient)/\(name)")
    try write(
      section.image.jpegData(quality: 80),
      to: image.appending(path: section.specification.imageName))
  }

  /// Writes the cohort's table and its slides.
  func write(_ cohort: SampleCohort) throws {
    let cohortFolder = folder.appending(path: "cohort")
    try write(Data(cohort.table.utf8), to: cohortFolder.appending(path: "cohort.tsv"))
    for patient in cohort.patients {
      let image = CohortSlide(look: patient.look, seed: patient.seed).image(stainedWith: .usual)
      try write(
        image.jpegData(quality: 75), to: cohortFolder.appending(path: "slides/\(patient.imageName)")
      )
    }
  }

  func write(_ data: Data, to url: URL) throws {
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: url, options: .atomic)
    } catch {
      throw GeneratorError(
        description: "\(url.path) cannot be written; check the folder's permissions and the "
          + "room on the disk.")
    }
  }

  /// A header with an empty first cell, then a row for each spot.
  private func countTable(_ section: SampleSection) -> Data {
    var text = section.genes.map { "\t" + $0.symbol }.joined() + "\n"
    for row in section.countRows {
      text += row.name + row.counts.map { "\t\($0)" }.joined() + "\n"
    }
    return Data(text.utf8)
  }

  private func selectionTable(_ section: SampleSection) -> String {
    section.spots.reduce(into: "x\ty\tnew_x\tnew_y\tpixel_x\tpixel_y\tselected\n") { text, spot in
      text +=
        "\(spot.column)\t\(spot.row)\t\(decimal(spot.measuredX, 3))\t"
        + "\(decimal(spot.measuredY, 3))\t\(decimal(spot.pixelX, 2))\t"
        + "\(decimal(spot.pixelY, 2))\t1\n"
    }
  }

  private func labelTable(_ section: SampleSection) -> String {
    section.spots.reduce(into: "Row.names\tx\ty\tpixel_x\tpixel_y\tlabel\n") { text, spot in
      text +=
        "\(Int(spot.pixelX.rounded()))x\(Int(spot.pixelY.rounded()))\t"
        + "\(decimal(spot.measuredX, 3))\t\(decimal(spot.measuredY, 3))\t"
        + "\(decimal(spot.pixelX, 2))\t\(decimal(spot.pixelY, 2))\t\(spot.label)\n"
    }
  }

  private func decimal(_ value: Double, _ places: Int) -> String {
    String(format: "%.\(places)f", value)
  }

  /// Gzip at the highest level, without a time stamp.
  private func compressed(_ data: Data) throws -> Data {
    guard let compressor = libdeflate_alloc_compressor(12) else {
      throw GeneratorError(description: "There is no memory to compress the counts.")
    }
    defer { libdeflate_free_compressor(compressor) }
    let bound = libdeflate_gzip_compress_bound(compressor, data.count)
    var output = Data(count: bound)
    // Safety: libdeflate reads `data.count` bytes and writes at most `bound`, the sizes of both.
    let count = output.withUnsafeMutableBytes { target in
      data.withUnsafeBytes { source in
        libdeflate_gzip_compress(
          compressor, source.baseAddress, source.count, target.baseAddress, target.count)
      }
    }
    guard count > 0 else {
      throw GeneratorError(description: "The counts could not be compressed.")
    }
    return output.prefix(count)
  }
}
