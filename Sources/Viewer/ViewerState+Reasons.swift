import Sections
import Workbench

/// Why commands cannot be done: every disabled key says so.
extension ViewerState {
  /// Why a command cannot be done now, or nil when it can.
  func reasonAgainst(_ command: Command) -> String? {
    if let reason = reasonAgainstOnScreen(command) { return reason }
    switch command {
    case .help, .palette, .nextTheme, .redraw, .suspend, .quit, .nextFocus, .showPanels: return nil
    case .scores, .worstSection, .bestSection, .worstGene, .bestGene, .methods, .addMethod:
      return reasonAgainstScores(command)
    case .origin where display == .scores: return nil
    case .retry where tumour?.canRetry == true: return nil
    case .toggleTumour, .tumourMask:
      if tumour == nil { return "there is no network for it: open the data with --tumour FILE" }
      if command == .tumourMask, !panels.contains(.tumour) {
        return "its panel is hidden; \(Command.toggleTumour.entry.keys) shows it"
      }
    case .retry where evaluations.values.contains(where: \.hasFailed) || canRetryDrivers: return nil
    case .nextSection, .previousSection, .chooseSection:
      return references.count > 1 ? nil : "this data set has one section only"
    default: break
    }
    guard let loaded else { return "no section is open" }
    if isPreview, ![.moving, .program, .sections].contains(command.entry.topic) {
      return "the counts of all genes are still being read"
    }
    if loaded.section.spots.isEmpty, let reason = reasonAgainstWithoutSpots(command) {
      return reason
    }
    switch command {
    case .turnSpots, .flipSpots, .nextScale:
      if loaded.section.image == nil { return "section \(loaded.section.name) has no image" }
      if command == .nextScale, loaded.section.knownScales.count < 2 {
        return "the files tell of no other scale; --image-scale sets one"
      }
    case .toggleImage where loaded.section.image == nil, .dim where loaded.section.image == nil,
      .underlay where loaded.section.image == nil:
      return "section \(loaded.section.name) has no image"
    case .toggleLabels where loaded.section.labels == nil:
      return "section \(loaded.section.name) has no pathologist's labels"
    case .renameCluster, .mergeCluster, .recolorCluster:
      if activeClusters == nil { return "clusters are still being computed" }
      if spot == nil { return "choose a spot first: click it, or use the arrows" }
      if groupAtSpot == nil { return "the chosen spot is in no cluster" }
      if command == .mergeCluster, (activeClusters?.liveGroups.count ?? 0) < 2 {
        return "there is only one cluster left"
      }
    case .exportLoupe: return reasonAgainst(ExportKind.loupe)
    case .undo: return activeClusters?.canUndo == true ? nil : "there is nothing to take back"
    case .redo: return activeClusters?.canRedo == true ? nil : "there is nothing to make again"
    case .copySpot: return spot == nil ? "choose a spot first: click it, or use the arrows" : nil
    case .moreClusters:
      return clusterCount < min(26, loaded.section.spots.count) ? nil : "26 clusters are the most"
    case .fewerClusters: return clusterCount > 2 ? nil : "two clusters are the fewest"
    // What is shown can always be hidden.
    case .drivers: return panels.contains(.drivers) ? nil : reasonAgainstDrivers
    case .star: return genes.selected == nil ? "no gene is chosen" : nil
    default: return reasonAgainstMethods(command)
    }
    return nil
  }

  /// Why a command has nothing to do with an image alone.
  private func reasonAgainstWithoutSpots(_ command: Command) -> String? {
    switch command.entry.topic {
    case .moving
    where [.zoomIn, .zoomOut, .fit, .panLeft, .panRight, .panUp, .panDown]
      .contains(command):
      return nil
    case .sections, .program: return nil
    case .panels where [.toggleImage, .maximize, .dim].contains(command): return nil
    default: return "this is an image without spots"
    }
  }

  private func reasonAgainstMethods(_ command: Command) -> String? {
    if let index = command.methodIndex, index >= methods.count, !methods.isEmpty {
      return "there \(methods.count == 1 ? "is one method" : "are \(methods.count) methods") only"
    }
    switch command {
    case .method1, .method2, .method3, .method4, .method5, .retry, .difference, .scatter,
      .nextCompared, .nextReference, .ownScales, .finer, .predictedOnly, .methodClusters:
      if methods.isEmpty {
        return "there is no method: a adds one, as does --model or --predictions"
      }
    default: break
    }
    switch command {
    case .nextCompared where display == .scores && scoredMethods.count < 2:
      return "there is one method in the table only"
    case .nextCompared, .nextReference:
      return methods.count > 1 ? nil : "there is one method only"
    case .finer:
      return methods.contains(where: \.canBeDense)
        ? nil : "only models predict between the spots, not tables"
    case .retry:
      return methods.contains { view in
        view.epochProblem != nil
          || Resolution.allCases.contains {
            switch view[$0] {
            case .failed, .cancelled: true
            default: false
            }
          }
      } ? nil : "no prediction has failed"
    case .predictedOnly:
      return listsOnlyPredicted || methods.contains { $0.ready != nil }
        ? nil : "no prediction is ready yet"
    default: return nil
    }
  }

  /// Why a command has nothing to do with the screen on display.
  private func reasonAgainstOnScreen(_ command: Command) -> String? {
    let ofPanels = "that is of the panels; Esc goes back to them"
    let ofGenes = "that is of the genes; F lists them"
    switch (display, command.entry.topic, command) {
    case (.compare, _, .showPanels): return "the panels are on display"
    case (.compare, _, _), (_, _, .nextNormalization): return nil
    case (_, .panels, _), (_, .moving, _), (_, .clusters, _), (_, .expression, _): return ofPanels
    case (_, _, .difference), (_, _, .scatter), (_, _, .ownScales), (_, _, .finer),
      (_, _, .drivers),
      (_, _, .methodClusters), (_, _, .nextReference):
      return ofPanels
    case (.scores, .genes, _), (.scores, _, .predictedOnly): return ofGenes
    case (.copyNumber, .genes, _), (.copyNumber, _, .predictedOnly): return ofGenes
    case (.copyNumber, _, .nextCompared):
      return methods.isEmpty ? "there is no method to show: a adds one" : nil
    default: return nil
    }
  }

  private func reasonAgainstScores(_ command: Command) -> String? {
    switch command {
    case .methods, .addMethod:
      return loaded == nil && display != .scores ? "no section is open" : nil
    default: break
    }
    guard !methods.isEmpty else {
      return "there is no method: a adds one, as does --model or --predictions"
    }
    switch command {
    case .scores: return references.isEmpty ? "this data set has no sections" : nil
    case .worstSection, .bestSection:
      if display != .scores { return "the table of scores is not on display; T shows it" }
      return sectionMeans.isEmpty ? "no section has been scored yet" : nil
    case .worstGene, .bestGene:
      return genesByScore.isEmpty ? "no gene has been scored yet" : nil
    default: return nil
    }
  }
}
