import Drawing
import Foundation
import Sections
import Viewer
import Workbench

/// The viewer's state once everything it asks for has arrived: what a frame without a terminal, or
/// a picture, is drawn from.
///
/// - Parameter comparison: the methods, and the section where none is named.
/// - Throws: `SectionError` or `WorkbenchError` when the section cannot be read.
func staticState(
  of dataSet: DataSet, size: (columns: Int, rows: Int), source: SectionOptions,
  display: DisplayOptions, gene: String?, comparison: Comparison = Comparison(),
  prepare: (inout ViewerState) throws -> Void = { _ in }
) throws -> ViewerState {
  let reference = try source.reference(in: dataSet, preferring: comparison.section)
  let (themes, warnings) = UserFolders().themes()
  for warning in warnings { StandardError.print(warning) }
  var state = ViewerState(
    dataSet: dataSet.name, sections: dataSet.sections,
    section: dataSet.sections.firstIndex(of: reference), gene: gene,
    methods: comparison.methods, tumour: comparison.tumour, themes: themes,
    theme: try display.theme(among: themes),
    columns: size.columns, rows: size.rows)
  if let watched = comparison.watched, let file = watched.watchedCheckpoint {
    _ = state.update(.runSaved(watched, FileState(file)))
  }
  if let normalization = source.normalization { state.use(normalization) }
  if display.textColor == .mono { state.useSigns() }
  let performer = EffectPerformer(dataSet: dataSet, panel: try source.readPanel())
  var effects = state.firstEffects
  var isPrepared = false
  while true {
    while !effects.isEmpty {
      let effect = effects.removeFirst()
      switch effect {
      // Clusters are made once it is known how many, predictions once it is known which.
      case .cluster where !isPrepared, .predict where !isPrepared, .mapTumour where !isPrepared:
        continue
      default: break
      }
      let bar = ProgressBar("Predicting")
      let event = performer.perform(effect) { event in
        switch event {
        case .predicting(_, _, _, let progress), .mappingTumour(_, let progress),
          .explained(_, _, .working(let progress?)):
          bar.show(progress)
        default: break
        }
      }
      bar.finish()
      switch event {
      case .sectionFailed(_, let problem): throw WorkbenchError(problem)
      case .sectionLoaded(_, let loaded):
        for note in loaded.section.notes { StandardError.print("\(reference.name): \(note)") }
      default: break
      }
      if let event { effects += state.update(event) }
    }
    if isPrepared { break }
    isPrepared = true
    if let gene, state.geneName != gene {
      throw WorkbenchError(state.unknownGene(gene))
    }
    try prepare(&state)
    effects += state.pendingEffects()
  }
  return state
}
