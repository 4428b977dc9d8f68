import Foundation
import Images

/// One tissue section: its spots, genes and counts, and what lies beside them.
public struct Section: Sendable {
  /// The section's name in its data set, such as `C2`.
  public var name: String
  /// Whose tissue it is; in HER2+ the section's letter. Scores split by it.
  public var patient: String
  /// The technology in one word, such as `ST`.
  public var platform: String
  /// The spots, in the order of the file with the counts.
  public var spots: [Spot]
  /// Gene names in the file's order, unique.
  public var genes: [String]
  /// The counts as read, `[spots, genes]`.
  public var counts: SparseMatrix
  /// The one gene whose counts are there yet, as an index; nil where all are.
  public var onlyGene: Int?
  /// Where the counts can be found again, and what their entries were like, for a cache of them.
  var countsOrigin: MatrixOrigin?
  var countsFacts = EntryFacts()
  /// Whether these are counts; where a file has only values made of them, they are shown as they are.
  public var holdsCounts = true
  /// The file with the section's nuclei, opened by the models that ask for them; nil where nobody
  /// found any.
  public var nuclei: URL?
  /// The H&E image, read only when asked; nil where the section has none.
  public var image: ImageFile?
  /// Named categories of the spots: the pathologist's labels, clusters.
  public var annotations: [Annotation]
  /// What was left out or changed while reading, one plain sentence each, said once to the user.
  public var notes: [String]
  /// The files read, for `eosin info`.
  public var files: [URL]
  /// How counts, spots and labels met, where they came from files of their own.
  public var join: JoinReport?
  /// Sizes at which the files say the image may have been saved; none where positions are the
  /// image's own pixels.
  public var imageScales: [ImageScale] = []
  /// Which of them the image is saved at, where its own name tells; nil where it is to be found out.
  public var ownScale: String?
  /// How positions as read came to lie on the image: ``Spot/x`` and ``Spot/y`` are the image's.
  public var placement = ImagePlacement()
  /// How well they do; nil without an image.
  public var fit: SpotFit?
  /// A spot's diameter in the units of the file's positions, where the files say.
  public var spotDiameter: Double?
  /// Why the spots have no positions, and what to do, as a sentence without the file's name; nil
  /// where they have. Such a section can be told of and converted, not drawn.
  public var missingPositions: String?

  /// Takes counts whose sizes are those of `spots` and `genes`.
  public init(
    name: String, patient: String, platform: String, spots: [Spot], genes: [String],
    counts: SparseMatrix, image: ImageFile? = nil, annotations: [Annotation] = [],
    notes: [String] = [], files: [URL] = [], join: JoinReport? = nil
  ) {
    precondition(counts.spotCount == spots.count && counts.geneCount == genes.count)
    self.name = name
    self.patient = patient
    self.platform = platform
    self.spots = spots
    self.genes = genes
    self.counts = counts
    self.image = image
    self.annotations = annotations
    self.notes = notes
    self.files = files
    self.join = join
  }

  /// The spots whose centre does not lie on the image; nil where there is no image.
  public var spotsOutsideImage: Int? {
    guard let image else { return nil }
    return spots.count { spot in
      !(spot.x >= 0 && spot.y >= 0 && spot.x < Double(image.width)
        && spot.y < Double(image.height))
    }
  }

  /// The pathologist's labels, where there are any.
  public var labels: Annotation? { annotations.first { $0.name == Annotation.pathologist } }
}

extension Annotation {
  /// The name under which a pathologist's labels are kept.
  public static let pathologist = "pathologist"
}
