import Drawing
import Evaluation
import Foundation
import Images
import Models
import Sections
import Synchronization

/// What both front ends can do with a section: every command and every viewer effect is one call.
///
/// Safe to use from any thread. Calls block until they are done; whoever must not wait calls from
/// a thread of its own. What is slow and asked for again is kept here.
public final class Workbench: Sendable {
  /// Principal components by what they were made of; the last few, since `k` changes often and
  /// they do not depend on it.
  private let components = Mutex<[(key: ComponentsKey, value: ClusterBasis)]>([])

  /// Checkpoints that have been read, the latest last.
  let models = Mutex<[OpenModel]>([])
  /// Predictions made before.
  let cache: PredictionCache
  /// What frozen encoders made of sections before.
  let features: FeatureFolder
  /// What correlations could at best be, found out before.
  let attainables: AttainableCache
  /// Where genes lie, of the file read last.
  let positions = Mutex<(url: URL, state: FileState?, positions: GenePositions)?>(nil)
  private let countsFolder: URL
  private static let memory = Mutex<Int?>(nil)

  /// Makes a workbench that has read nothing yet.
  public init(folders: UserFolders = UserFolders()) {
    countsFolder = folders.cache.appending(path: "counts")
    cache = PredictionCache(folder: folders.cache.appending(path: "predictions"))
    features = FeatureFolder(
      CacheFolder(folders.cache.appending(path: "features"), mostBytes: 4_000_000_000))
    attainables = AttainableCache(folder: folders.cache.appending(path: "attainable"))
  }

  /// Sets the most bytes that a section's counts may take, half of the machine's memory by default;
  /// larger ones stay in a file.
  public static func use(memory bytes: Int) { memory.withLock { $0 = bytes } }

  /// Large counts sorted before.
  private var matrices: MatrixCache {
    MatrixCache(folder: countsFolder, memory: Self.memory.withLock { $0 })
  }

  /// Reads a section and summarises its genes under a normalization.
  ///
  /// - Parameters:
  ///   - panel: genes that make up the library of panel normalizations; nil for all.
  ///   - normalization: ``usualNormalization`` of the section where none is given.
  ///   - isToldOfOnly: whether a section without positions is wanted too, since it is not drawn.
  public func load(
    _ reference: SectionReference, of dataSet: DataSet, panel: Panel? = nil,
    normalization: Normalization? = nil, isToldOfOnly: Bool = false
  ) throws(SectionError) -> LoadedSection {
    let section = try dataSet.read(
      reference, isToldOfOnly: isToldOfOnly, matrices: matrices)
    Trace.mark("section read")
    let indices = panel?.indices(in: section)
    let loaded = LoadedSection(
      section: section, panel: indices?.found,
      normalization: normalization ?? section.usualNormalization)
    Trace.mark("genes summarized")
    return loaded
  }

  /// The spots and one gene of a section whose counts take long to read; nil for all others.
  public func preview(
    _ reference: SectionReference, of dataSet: DataSet, gene: String?
  ) -> LoadedSection? {
    // Whatever is wrong is said when all of it is read.
    guard let section = try? dataSet.preview(reference, gene: gene, matrices: matrices) else {
      return nil
    }
    Trace.mark("section previewed")
    return LoadedSection(section: section, panel: nil, normalization: .raw)
  }

  /// Keeps large counts sorted by gene, so that they are there at once the next time.
  public func keepCounts(of section: LoadedSection) { matrices.keep(section.section) }

  /// Mean and variance of every gene under a normalization.
  public func statistics(
    of section: LoadedSection, _ normalization: Normalization
  ) -> GeneStatistics {
    normalization == section.normalization
      ? section.statistics : section.expression(normalization).statistics()
  }

  /// Moran's I of every gene over each spot's nearest neighbours; NaN for constant genes.
  ///
  /// Neighbours are the spots within 1.3 pitches, so four on a square lattice and six on a
  /// hexagonal one; weights are binary.
  public func moransI(of section: LoadedSection, _ normalization: Normalization) -> [Float] {
    let weights = section.neighbourWeights
    return section.expression(normalization).mapBlocks { _, block in
      Evaluation.moransI(
        ofGenesFrom: block.starts, spots: block.spots, values: block.values, weights: weights
      ).map { Float($0) }
    }.flatMap(\.self)
  }

  /// A picture of the whole image, small enough to keep: at most about 1,600 pixels a side.
  ///
  /// A slide of 100,000 pixels a side without reduced versions becomes a mosaic of 2,048 tiles.
  public func picture(of image: ImageFile) throws(ImageError) -> ImagePyramid {
    let side = max(image.width, image.height)
    // The last one is for pictures beyond any known size.
    let reduction = ImageFile.reductions.first { side / $0 <= 1600 } ?? 1024
    let pyramid = ImagePyramid(
      try image.overview(reducedBy: reduction),
      extent: PixelRectangle(x: 0, y: 0, width: image.width, height: image.height)
        .covered(by: reduction))
    Trace.mark("image read")
    return pyramid
  }

  /// A sharper picture of part of the image, out to the next whole pixels of the reduced one.
  public func detail(
    of image: ImageFile, _ area: PixelRectangle, reducedBy reduction: Int
  ) throws(ImageError) -> ImagePyramid {
    ImagePyramid(
      try image.region(area, reducedBy: reduction), extent: area.covered(by: reduction))
  }

  /// Clusters a section's spots by K-means on principal components of the expression.
  ///
  /// - Parameter prediction: made for the section's spots, to be clustered in place of what was
  ///   observed; its values are taken as they are, all genes of it.
  public func clusters(
    of section: LoadedSection, predictedBy prediction: Prediction? = nil,
    _ settings: ClusterSettings, isCancelled: @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> ClusterResult {
    let basis = try self.basis(of: section, predictedBy: prediction, settings)
    let spots = basis.spots.count
    guard settings.clusterCount <= spots else {
      throw WorkbenchError(
        "Section \(section.section.name) has \(spots) spot\(spots == 1 ? "" : "s") to cluster, fewer than "
          + "the \(settings.clusterCount) clusters asked for. Ask for fewer.")
    }
    let (labels, inertia) = try basis.clusters(settings, isCancelled: isCancelled)
    var clusterOfSpot = [Int?](repeating: nil, count: section.section.spots.count)
    for (place, spot) in basis.spots.enumerated() { clusterOfSpot[spot] = labels[place] }
    let truth = section.section.labels?.settledCategories
    return ClusterResult(
      settings: settings, clusterOfSpot: clusterOfSpot, inertia: inertia,
      geneCount: basis.geneCount,
      adjustedRandIndex: truth.map { adjustedRandIndex(clusterOfSpot, $0) },
      normalizedMutualInformation: truth.map { normalizedMutualInformation(clusterOfSpot, $0) })
  }

  func basis(
    of section: LoadedSection, predictedBy prediction: Prediction? = nil,
    _ settings: ClusterSettings
  ) throws(WorkbenchError) -> ClusterBasis {
    let key = ComponentsKey(section: section, prediction: prediction, settings: settings)
    if let kept = components.withLock({ $0.first { $0.key == key }?.value }) { return kept }
    let basis: ClusterBasis
    if let prediction {
      basis = try ClusterBasis(of: prediction, on: section, settings)
    } else {
      basis = try ClusterBasis(of: section, settings)
    }
    components.withLock { kept in
      kept.insert((key, basis), at: 0)
      kept = Array(kept.prefix(8))
    }
    return basis
  }
}

extension Section {
  /// What its expression is shown under where nobody says: `released`, and values that are no counts
  /// as they are.
  public var usualNormalization: Normalization { holdsCounts ? .released : .raw }
}

extension LoadedSection {
  /// Each spot's neighbours within 1.3 pitches, for measures of spatial patterns.
  var neighbourWeights: NeighbourWeights {
    NeighbourWeights(
      neighbours: layout.neighbours(within: 1.3), placesPerSpot: SpotLayout.neighbourPlaces)
  }
}

extension Annotation {
  /// The category of each spot, without those the pathologist left `undetermined`.
  public var settledCategories: [Int?] {
    let open = categories.firstIndex(of: "undetermined")
    return categoryOfSpot.map { $0 == open ? nil : $0 }
  }
}

extension PixelRectangle {
  /// What the pixels of the picture at 1/reduction that this rectangle touches cover.
  fileprivate func covered(by reduction: Int) -> PixelRectangle {
    let part = reduced(by: reduction)
    return PixelRectangle(
      x: part.x * reduction, y: part.y * reduction, width: part.width * reduction,
      height: part.height * reduction)
  }
}
