import Drawing
import Evaluation
import Sections
import Workbench

/// What the viewer reacts to: keys and the mouse, and answers to what it asked for.
///
/// Answers name the section they belong to, so that a late one is known and dropped.
public enum ViewerEvent: Sendable {
  case input(InputEvent)
  /// The spots and one gene of a section that takes long to read.
  case sectionPreviewed(Int, LoadedSection)
  case sectionLoaded(Int, LoadedSection)
  case sectionFailed(Int, String)
  /// The section with its spots laid as asked.
  case sectionLaid(Int, LoadedSection)
  /// Spots would lie on the tissue much better in another way.
  case placementDoubted(Int, PlacementDoubt)
  case imageRead(Int, ImagePyramid)
  case imageFailed(Int, String)
  case detailRead(Int, ImagePyramid)
  case detailFailed(Int, String)
  case summarized(Int, Normalization, GeneStatistics)
  case moransIComputed(Int, Normalization, [Float])
  case attainableComputed(Int, Normalization, [Float])
  case clustered(Int, ClusterResult)
  case clusteringFailed(Int, ClusterSettings, String)
  case predicting(Int, Method, Resolution, PredictionProgress)
  case predicted(Int, Method, Resolution, Prediction)
  /// The newest epoch of a watched run, its scores with it.
  case epochPredicted(Int, Method, Resolution, EpochPrediction)
  /// A watched run has saved a checkpoint; nil where there is none.
  case runSaved(Method, FileState?)
  case predictionFailed(Int, Method, Resolution, String)
  case mappingTumour(Int, PredictionProgress)
  case tumourMapped(Int, TumourMap)
  case tumourFailed(Int, String)
  case scored(Int, Method, Normalization, MethodScores)
  case evaluating(Int, Method, Normalization, PredictionProgress)
  case evaluated(Int, Method, Normalization, SectionScores)
  case evaluationFailed(Int, Method, Normalization, String)
  /// Clusters of the same settings, each with another seed.
  case reclustered(Int, ClusterSettings, [ClusterResult])
  /// How far it is found out which patches drove a prediction.
  case explained(Int, DriversRequest, DriversState)
  case copyNumberMapped(Int, CopyNumberMap)
  case copyNumberFailed(Int, CopyNumberQuery, String)
  case fingerprinted(Int, String)
  case exported(String)
  /// The file is there already; writing it anew needs a yes.
  case exportWouldReplace(ExportRequest)
  case exportFailed(String)
}
