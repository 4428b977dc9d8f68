import Foundation
import Images

/// Reads what Space Ranger writes, versions 1 to 4, Visium HD in bins among it, and what other
/// programs write in its layout.
///
/// Counts come from HDF5 or Matrix Market, positions from CSV with or without a header or from
/// Parquet. Of the spots that have both those on tissue are read, in the counts' order; `column` and
/// `row` are `array_col` and `array_row`. Features that are no genes are left out and said.
public enum SpaceRangerReader: SectionReader {
  /// What `--format` takes: `visium`.
  public static let format = "visium"
  /// What is opened, for a message about what is not.
  public static let looksFor = "a Space Ranger output folder, or a folder of them"

  /// Whether a folder holds an output, as such, in `outs`, in `binned_outputs` or in folders of its
  /// own; or a file is a matrix of one, by its name or, for HDF5, by the groups in it.
  public static func recognizes(_ path: URL) -> Bool {
    if isFolder(path) { return !SpaceRangerFiles.sections(in: path).isEmpty }
    let name = path.lastPathComponent.lowercased()
    if name.hasSuffix(".mtx") || name.hasSuffix(".mtx.gz") { return true }
    return name.hasSuffix(".h5") && FeatureMatrix.isMatrix(path)
  }

  /// The sections of a folder, sorted by name but for bins of Visium HD: those of 16 µm come first,
  /// then the others from large to small. Of a file the one section whose counts it is.
  ///
  /// A section is named after its folder, and is its own patient; bins are of the one patient.
  public static func sections(in path: URL) throws(SectionError) -> [SectionReference] {
    guard isFolder(path) else { return [SpaceRangerFiles.section(ofCounts: path)] }
    let sections = SpaceRangerFiles.sections(in: path)
    guard !sections.isEmpty else {
      throw SectionError(
        file: path,
        problem: "holds no output of Space Ranger. Looked for \(SpaceRangerFiles.lookedFor).")
    }
    return sections
  }

  /// Reads one section, joined by barcode; positions are pixels of the full image.
  ///
  /// An image whose name says `hires` or `lowres` has the scale of this name, where the scale factors
  /// give it. Without positions all spots lie at 0, and ``Section/missingPositions`` says why.
  /// - Throws: for counts and positions that cannot be read or contradict themselves, and when
  ///   nothing joins.
  public static func read(_ reference: SectionReference) throws(SectionError) -> Section {
    guard let positionsFile = reference.spots else {
      let (matrix, genes) = try matrixOfGenes(reference.counts)
      return withoutPositions(matrix, genes: genes, reference)
    }
    let (read, positions) = try sideBySide { () throws(SectionError) in
      try matrixOfGenes(reference.counts)
    } _: { () throws(SectionError) in
      try TissuePositions(reading: positionsFile)
    }
    var (matrix, genes) = read
    var join = JoinReport()
    let spots = try join.spots(of: matrix, with: positions, reference)
    if spots.kept.count < matrix.barcodes.count {
      matrix.counts = matrix.counts.keeping(spots: spots.kept)
    }
    var section = Section(
      name: reference.name, patient: reference.patient, platform: "Visium", spots: spots.spots,
      genes: genes, counts: matrix.counts, notes: matrix.notes + join.sentences,
      files: matrix.files + [positionsFile], join: join)
    if let clusterings = reference.clusterings {
      let (annotations, files) = readClusterings(
        in: clusterings, barcodes: section.spots.map(\.id), notes: &section.notes)
      section.annotations = annotations
      section.files += files
    }
    section.addImage(of: reference)
    return section
  }

  /// The counts of genes, and the genes' names.
  private static func matrixOfGenes(
    _ url: URL
  ) throws(SectionError) -> (matrix: FeatureMatrix, genes: [String]) {
    var matrix = try FeatureMatrix(reading: url)
    matrix.keepGenes()
    let genes = try matrix.geneNames(of: url)
    return (matrix, genes)
  }

  private static func withoutPositions(
    _ matrix: FeatureMatrix, genes: [String], _ reference: SectionReference
  ) -> Section {
    let spots = matrix.barcodes.map { Spot(id: $0, column: 0, row: 0, x: 0, y: 0) }
    var section = Section(
      name: reference.name, patient: reference.patient, platform: "10x", spots: spots,
      genes: genes, counts: matrix.counts, notes: matrix.notes, files: matrix.files)
    section.missingPositions =
      "There are counts at barcodes, and no file says where these lie: looked for "
      + "tissue_positions.csv, tissue_positions_list.csv and tissue_positions.parquet in the folder "
      + "spatial beside the counts. Put Space Ranger's folder spatial there."
    return section
  }
}

extension JoinReport {
  /// The spots with counts and a position on tissue, in the counts' order, and which of the counts'
  /// barcodes they are.
  fileprivate mutating func spots(
    of matrix: FeatureMatrix, with positions: TissuePositions, _ reference: SectionReference
  ) throws(SectionError) -> (spots: [Spot], kept: [Int]) {
    let file = reference.spots ?? reference.counts
    let indices = try positions.indices(of: matrix.barcodes, in: file)
    var spots: [Spot] = []
    var kept: [Int] = []
    for (barcode, index) in indices.enumerated() {
      guard let index else { continue }
      kept.append(barcode)
      spots.append(positions.spots[index])
      spots[spots.count - 1].id = matrix.barcodes[barcode]
    }
    guard !spots.isEmpty else {
      throw SectionError(
        file: file,
        problem: "none of its barcodes on tissue joins \(reference.counts.lastPathComponent): the "
          + "counts have barcodes like \(matrix.barcodes.first ?? "none"), the positions "
          + "\(positions.spots.first?.id ?? positions.offTissue.first ?? "none"). "
          + "Check that both are of section \(reference.name).")
    }
    try refuseSharedPlaces(spots, file: file)
    countRows = matrix.barcodes.count
    selectedSpots = positions.spots.count
    joined = spots.count
    // Positions are given for the whole array; only those with counts are worth telling of.
    if joined < countRows {
      let offTissue = Set(positions.offTissue)
      unselectedSpots = matrix.barcodes.count { offTissue.contains($0) }
    }
    countRowsWithoutSpot = countRows - joined - unselectedSpots
    spotsWithoutCounts = selectedSpots - joined
    spotsWithBadPosition = positions.badPositions
    lineOfFirstBadPosition = positions.lineOfFirstBadPosition
    return (spots, kept)
  }

  private func refuseSharedPlaces(_ spots: [Spot], file: URL) throws(SectionError) {
    var spotAtPlace: [GridPosition: Int] = [:]
    spotAtPlace.reserveCapacity(spots.count)
    for (index, spot) in spots.enumerated() {
      let place = GridPosition(column: spot.column, row: spot.row)
      guard let first = spotAtPlace.updateValue(index, forKey: place) else { continue }
      throw SectionError(
        file: file,
        problem: "barcodes '\(spots[first].id)' and '\(spot.id)' are both at array column "
          + "\(spot.column) and row \(spot.row). Remove one of the two.")
    }
  }
}

extension Section {
  /// Takes in scale factors and image of a reference; what of them cannot be used becomes a note.
  fileprivate mutating func addImage(of reference: SectionReference) {
    let name = reference.image?.lastPathComponent.lowercased()
    ownScale = ["hires", "lowres"].first { name?.contains($0) == true }
    if let problem = addScaleFactors(reference.scaleFactors) {
      notes.append("No scale factors: \(problem)")
    }
    guard let url = reference.image else { return }
    image = openSectionImage(url, notes: &notes)
    if image != nil { files.append(url) }
  }

  /// Takes in scale factors; gives what is wrong with them, or lacks for the image's own scale.
  private mutating func addScaleFactors(_ url: URL?) -> String? {
    guard let url else {
      return ownScale == nil ? nil : "there is no scalefactors_json.json beside the image."
    }
    do throws(SectionError) {
      let factors = try ScaleFactors(reading: url)
      imageScales = factors.images
      spotDiameter = factors.spotDiameter
      if factors.areBins { platform = "Visium HD" }
      files.append(url)
    } catch {
      return error.description
    }
    guard let ownScale, !imageScales.contains(where: { $0.name == ownScale }) else { return nil }
    return "\(url.path) has no tissue_\(ownScale)_scalef."
  }
}
