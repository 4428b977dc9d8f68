import Drawing

extension ViewerState {
  /// The last row: the keys that matter here and now.
  func drawHelpLine(in area: Rectangle, on frame: inout Frame) {
    let bar = Ink.role(.bar)
    frame.canvas.fill(area, with: Cell(" ", ink: .role(.barText), ground: bar))
    let hints = helpHints
    // Help and the palette stay at the right end whatever else fits.
    let tail: [(key: String, hint: String, command: Command?)] =
      overlay == nil && !isSearching
      ? [(":", "commands", Command.palette), ("?", "help", .help), ("q", "quit", .quit)] : []
    let tailColumns = tail.reduce(0) { $0 + $1.key.columns + $1.hint.columns + 3 }
    var column = area.column + 1
    for (isTail, list) in [(false, hints), (true, tail)] {
      if isTail { column = max(column, area.maxColumn - tailColumns) }
      for (key, hint, command) in list {
        let width = key.columns + hint.columns + 1
        guard column + width < area.maxColumn - (isTail ? 0 : tailColumns) + (isTail ? 1 : 0)
        else { break }
        let isOff = command.map { reasonAgainst($0) != nil } ?? false
        var next = frame.canvas.write(
          key, column: column, row: area.row, ink: .role(isOff ? .muted : .key), ground: bar,
          style: isOff ? [] : .bold)
        next = frame.canvas.write(
          " " + hint, column: next, row: area.row, ink: .role(isOff ? .muted : .barText),
          ground: bar)
        if let command {
          frame.addZone(
            Rectangle(column: column, row: area.row, columns: next - column, rows: 1),
            .command(command))
        }
        column = next + 2
      }
    }
  }

  private var helpHints: [(key: String, hint: String, command: Command?)] {
    switch overlay {
    case .help: return [("type", "search", nil), ("↑↓", "scroll", nil), ("Esc", "close", nil)]
    case .palette:
      return [
        ("type", "find", nil), ("↑↓", "choose", nil), ("Enter", "do it", nil),
        ("Esc", "close", nil),
      ]
    case .sections: return [("↑↓", "choose", nil), ("Enter", "open", nil), ("Esc", "close", nil)]
    case .methods:
      guard !methods.isEmpty else { return [("a", "add", .addMethod), ("Esc", "close", nil)] }
      return [
        ("↑↓", "choose", nil), ("Enter", "show, hide", nil), ("3", "its clusters", nil),
        ("x", "cancel", nil), ("A", "again", nil), ("a", "add", nil), ("i", "origin", nil),
        ("Esc", "close", nil),
      ]
    case .origin:
      return [("↑↓", "scroll", nil), ("Esc i", "close", nil)]
    case .rankings:
      return [
        ("r ↑↓", "choose", nil), ("Enter", "rank", nil), ("R", "reverse", nil),
        ("Esc", "close", nil),
      ]
    case .exports:
      return [("e ↑↓", "choose", nil), ("Enter", "name the file", nil), ("Esc", "close", nil)]
    case .prompt:
      return [("Enter", "accept", nil), ("Ctrl-U", "clear", nil), ("Esc", "cancel", nil)]
    case .confirm: return [("y", "replace", nil), ("n", "keep", nil), ("Esc", "cancel", nil)]
    case nil: break
    }
    if isSearching {
      return [
        ("type", "search genes", nil), ("↑↓", "choose", nil), ("Enter", "keep", nil),
        ("Esc", "clear", nil),
      ]
    }
    func hints(_ commands: [Command]) -> [(key: String, hint: String, command: Command?)] {
      commands.map { command in
        let key = command.entry.keys.split(separator: " ").first.map(String.init) ?? ""
        return (key, command.entry.hint, command)
      }
    }
    switch display {
    case .scores:
      return [
        ("Enter", "open", nil), ("[", "worst", .worstSection), ("]", "best section", .bestSection),
        ("{", "worst", .worstGene), ("}", "best gene", .bestGene),
      ] + hints([.origin, .nextCompared, .methods, .retry])
    case .genes:
      return [("←→", "column", nil)]
        + hints([.nextRanking, .reverseRanking, .search, .star, .nextCompared])
        + [("Enter", "panels", nil)]
        + hints([.origin, .nextNormalization, .predictedOnly, .worstGene, .bestGene])
    case .copyNumber:
      let sources: [(key: String, hint: String, command: Command?)] =
        methods.isEmpty ? [] : [("2", "observed", nil), ("5–9", "method", nil), ("w", "next", nil)]
      return sources + [
        ("W", "reference", nil), ("3", "clusters", nil), ("4", "labels", nil),
        ("</>", "window", nil), ("Esc", "panels", .showPanels),
      ] + hints([.nextSection, .origin])
    case .compare: break
    }
    if isImageAlone {
      return [("+/-", "zoom", Command.zoomIn), ("HJKL arrows", "move", nil)]
        + hints([.fit, .dim, .nextSection, .chooseSection])
    }
    let genes: [(key: String, hint: String, command: Command?)] =
      [("j/k", "gene", Command.nextGene), ("/", "search", .search)]
    switch focus {
    case .panel(let kind)
    where focusedMethod != nil && method(named: kind.method ?? "")?.isPredicting == true:
      return [("Esc", "cancel", nil)] + hints([.methods, .maximize]) + genes
    case .panel(.tumour) where tumour?.isMapping == true:
      return [("Esc", "cancel", nil)] + hints([.maximize]) + genes
    case .panel(.tumour):
      return [("arrows", "spot", nil), ("+/-", "zoom", Command.zoomIn)]
        + hints([.tumourMask, .origin, .toggleTumour, .nextRamp, .underlay, .maximize]) + genes
    case .panel(.method), .panel(.difference), .panel(.scatter), .panel(.drivers):
      return [("arrows", "spot", nil), ("+/-", "zoom", Command.zoomIn)]
        + hints([
          .origin, .nextCompared, .difference, .scatter, .drivers, .ownScales, .methods,
          .nextReference, .finer, .methodClusters,
        ]) + genes
    case .panel(.clusters), .panel(.methodClusters), .panel(.labels):
      return [("</>", "k", Command.moreClusters)]
        + hints([.renameCluster, .mergeCluster, .recolorCluster, .undo, .export, .exportLoupe])
        + [("arrows", "spot", nil)]
    case .panel:
      return [("arrows", "spot", nil), ("+/-", "zoom", Command.zoomIn), ("HJKL", "pan", nil)]
        + hints([.fit, .underlay, .dim, .copySpot, .maximize]) + genes
    case .genes where !methods.isEmpty:
      return genes
        + hints([
          .nextRanking, .methods, .scores, .geneTable, .origin, .ownScales, .difference, .scatter,
          .drivers, .nextCompared, .star, .nextNormalization, .nextRamp, .nextSection, .maximize,
          .nextFocus,
        ])
    case .genes:
      return genes
        + hints([.nextRanking, .star, .nextNormalization, .nextRamp, .nextLimits, .export])
        + [("</>", "k", Command.moreClusters)] + hints([.nextSection, .maximize, .nextFocus])
    }
  }
}
