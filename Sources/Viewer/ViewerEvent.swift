import Drawing
import Evaluation
import Sections
import Workbench

/// What the viewer reacts to: keys and the mouse, and answers to what it asked for.
///
/// Answers name the section they belong to, so that a late one is known and dropped.
public enum ViewerEvent: Sendable {
  case input(InputEvent)
  case sectionLoaded(Int, LoadedSection)
  case sectionFailed(Int, String)
  case imageRead(Int, ImagePyramid)
  case imageFailed(Int, String)
  case detailRead(Int, ImagePyramid)
  case summarized(Int, Normalization, GeneStatistics)
  case moransIComputed(Int, Normalization, [Float])
  case clustered(Int, ClusterResult)
  case clusteringFailed(Int, String)
  case exported(String)
  /// The file is there already; writing it anew needs a yes.
  case exportWouldReplace(ExportRequest)
  case exportFailed(String)
}
