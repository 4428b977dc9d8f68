import Images

/// One section of the sample data, ready to be written.
struct SampleSection: Sendable {
  var specification: SectionSpecification
  var image: RGBImage
  /// Spots of the selection file.
  var spots: [SampleSpot]
  var genes: [PanelGene]
  /// Rows of the count matrix: the spot's name and its counts.
  var countRows: [(name: String, counts: [Int])]

  init(_ specification: SectionSpecification, model: GeneModel, seed: UInt64) {
    self.specification = specification
    genes = GenePanel.genes
    let sectionSeed = mix(
      mix(seed, specification.patientStream), 500 + specification.sectionStream)
    let map = TissueMap(specification, seed: seed)
    let cells = CellPlacement(in: map, seed: sectionSeed)
    var planes = DyePlanes(side: TissueMap.side)
    TissuePainter(map: map, seed: sectionSeed).paint(cells, on: &planes)
    NucleiPainter(seed: sectionSeed).paint(cells.field.nuclei, on: &planes)
    image = planes.image(stainedWith: specification.stain, seed: sectionSeed)

    spots = SpotLattice.spots(on: map, seed: sectionSeed)
    let surroundings = spots.map { SpotSurroundings(of: $0, in: map, nuclei: cells.field) }
    let counts = model.counts(
      at: surroundings, patientStream: specification.patientStream, seed: sectionSeed)
    countRows = zip(spots, counts).map { ($0.name, $1) }
    if specification.hasGaps { leaveGaps() }
  }

  /// Makes one count row lack its selected spot, and one selected spot its count row.
  private mutating func leaveGaps() {
    countRows.remove(at: spots.count / 3)
    spots.remove(at: spots.count * 2 / 3)
  }
}
