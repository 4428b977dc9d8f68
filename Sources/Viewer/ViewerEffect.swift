import Foundation
import Images
import Sections
import Workbench

/// What the viewer asks the outside to do; answers come back as events.
public enum ViewerEffect: Sendable, Hashable {
  case quit
  case suspend
  /// Send the whole screen again, whatever the terminal holds.
  case redraw
  /// Read a section; of a large one the spots and a gene, by name, first.
  case load(section: Int, gene: String? = nil)
  /// Lay the section's spots on its image in another way.
  case lay(section: Int, ImagePlacement)
  case readImage(section: Int)
  case readDetail(section: Int, PixelRectangle, reducedBy: Int)
  case summarize(section: Int, Normalization)
  case computeMoransI(section: Int, Normalization)
  /// What each gene's correlation could at best be.
  case computeAttainable(section: Int, Normalization)
  /// Cluster the observed expression, or a prediction in its place.
  case cluster(section: Int, ClusterSettings, on: Prediction?)
  case predict(section: Int, Method, Resolution)
  /// Stop predicting; nothing is answered.
  case cancelPrediction(section: Int, Method, Resolution)
  /// Map the section's tumour regions with the network of a file.
  case mapTumour(section: Int, URL)
  /// Stop mapping; nothing is answered.
  case cancelTumour(section: Int)
  /// Score a prediction; the normalization serves where it has none of its own.
  case score(section: Int, Method, Prediction, Normalization)
  /// Score a method on any section of the data set by every measure; the normalization serves where
  /// the prediction has none of its own.
  case evaluate(section: Int, Method, Normalization)
  /// Stop scoring; nothing is answered.
  case cancelEvaluation
  /// Cluster once more with other seeds.
  case recluster(section: Int, ClusterSettings, seeds: [UInt64], on: Prediction?)
  /// Find out which patches drove a prediction.
  case explain(section: Int, DriversRequest)
  /// Stop finding out; nothing is answered.
  case cancelExplaining
  /// Map copy numbers, of the observed expression or of a prediction.
  case mapCopyNumber(section: Int, CopyNumberQuery, on: Prediction?)
  /// Find out the hash of a section's spots, genes and counts.
  case fingerprint(section: Int)
  case export(ExportRequest)
  /// Put a text on the clipboard.
  case copy(String)
  /// Keep this for the next time the data set is opened.
  case remember(SavedView)
}
