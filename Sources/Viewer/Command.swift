import Drawing

/// Everything a user can do in the viewer: one table for keys, help, palette, bar and mouse.
public enum Command: String, Sendable, Hashable, CaseIterable {
  // Genes
  case nextGene, previousGene, genesDown, genesUp, firstGene, lastGene
  case search, star, starredOnly, nextRanking, reverseRanking
  // Expression
  case nextNormalization, nextRamp, nextLimits
  // Panels
  case toggleImage, toggleObserved, toggleClusters, toggleLabels, toggleTumour, tumourMask, maximize
  case nextFocus
  case underlay, dim
  // Methods
  case methods, method1, method2, method3, method4, method5, addMethod, retry
  case difference, scatter, drivers, nextCompared, nextReference, ownScales, finer, predictedOnly
  // Tables
  case showPanels, geneTable, scores, copyNumber, worstSection, bestSection, worstGene, bestGene,
    origin
  // Moving
  case zoomIn, zoomOut, fit, panLeft, panRight, panUp, panDown
  case spotLeft, spotRight, spotUp, spotDown, copySpot
  case turnSpots, flipSpots, nextScale
  // Clusters
  case moreClusters, fewerClusters, methodClusters, renameCluster, mergeCluster, recolorCluster
  case undo, redo, nextPalette, export, exportLoupe
  // Sections
  case nextSection, previousSection, chooseSection
  // Program
  case help, palette, nextTheme, redraw, suspend, quit

  /// Chapters of the help.
  public enum Topic: String, Sendable, CaseIterable {
    case genes = "Genes"
    case expression = "Expression"
    case panels = "Panels"
    case methods = "Methods"
    case tables = "Tables and origins"
    case moving = "Moving about"
    case clusters = "Clusters"
    case sections = "Sections"
    case program = "Program"
  }

  /// How a command is shown: its topic, keys as written, a short hint and a sentence.
  struct Entry {
    let topic: Topic
    let keys: String
    let hint: String
    let help: String

    init(_ topic: Topic, _ keys: String, _ hint: String, _ help: String) {
      self.topic = topic
      self.keys = keys
      self.hint = hint
      self.help = help
    }
  }

  var entry: Entry {
    switch self {
    case .nextGene: Entry(.genes, "j ↓", "next", "Show the next gene of the list")
    case .previousGene: Entry(.genes, "k ↑", "previous", "Show the previous gene of the list")
    case .genesDown: Entry(.genes, "PgDn", "page down", "Go a page down the list")
    case .genesUp: Entry(.genes, "PgUp", "page up", "Go a page up the list")
    case .firstGene: Entry(.genes, "g Home", "first", "Go to the first gene of the list")
    case .lastGene: Entry(.genes, "G End", "last", "Go to the last gene of the list")
    case .search: Entry(.genes, "/", "search", "Search genes as you type; Esc clears the search")
    case .star: Entry(.genes, "s", "star", "Star the gene, or take its star away")
    case .starredOnly: Entry(.genes, "S", "starred", "List only starred genes, or all")
    case .nextRanking:
      Entry(
        .genes, "r", "rank",
        "Rank genes by variance, scores …, in their table by a column")
    case .reverseRanking: Entry(.genes, "R", "reverse", "Turn the list's order round")
    case .nextNormalization:
      Entry(
        .expression, "n", "normalize",
        "Next of released, published, scanpy, stnet, log1p, hespotex and raw")
    case .nextRamp: Entry(.expression, "v", "ramp", "Next colour ramp")
    case .nextLimits: Entry(.expression, "l", "limits", "Next limits: p1–p99, min–max, 0–p99")
    case .toggleImage: Entry(.panels, "1", "H&E", "Show or hide the H&E image")
    case .toggleObserved: Entry(.panels, "2", "observed", "Show or hide the observed expression")
    case .toggleClusters: Entry(.panels, "3", "clusters", "Show or hide the K-means clusters")
    case .toggleTumour: Entry(.panels, "Y", "tumour", "Show or hide the tumour regions (--tumour)")
    case .tumourMask:
      Entry(.panels, "I", "mask", "Draw tumour regions as a mask, or as probabilities")
    case .toggleLabels: Entry(.panels, "4", "labels", "Show or hide the pathologist's labels")
    case .maximize:
      Entry(.panels, "z", "one panel", "Give all the room to one panel, or share it again")
    case .nextFocus: Entry(.panels, "Tab", "focus", "Move the focus to the next panel or the list")
    case .underlay: Entry(.panels, "b", "tissue", "Show the tissue behind the spots")
    case .dim: Entry(.panels, "d", "dim", "Dim the H&E image in three steps")
    case .methods:
      Entry(.methods, "m", "methods", "Table of methods: show, hide, score, cancel, add")
    case .method1: Entry(.methods, "5", "method 1", "Show or hide the first method")
    case .method2: Entry(.methods, "6", "method 2", "Show or hide the second method")
    case .method3: Entry(.methods, "7", "method 3", "Show or hide the third method")
    case .method4: Entry(.methods, "8", "method 4", "Show or hide the fourth method")
    case .method5: Entry(.methods, "9", "method 5", "Show or hide the fifth method")
    case .addMethod:
      Entry(.methods, "a", "add", "Add a method: a checkpoint, or a table of predictions")
    case .retry: Entry(.methods, "A", "again", "Try again what failed or was cancelled")
    case .difference:
      Entry(.methods, "D", "difference", "Show or hide the compared method less what was observed")
    case .scatter:
      Entry(.methods, "P", "plot", "Show or hide the plot of predicted by observed values")
    case .drivers:
      Entry(
        .methods, "x", "drivers",
        "Map which patches drove the prediction at the spot; or hide it")
    case .nextCompared:
      Entry(.methods, "w", "which", "Compare the next method in difference and plot")
    case .nextReference:
      Entry(.methods, "W", "with", "Compare with what was observed, or with the next method")
    case .ownScales:
      Entry(.methods, "c", "scale", "One colour scale for observed and methods, or one each")
    case .finer:
      Entry(.methods, "f", "finer", "Predict between the spots too, or at the spots alone")
    case .predictedOnly:
      Entry(.methods, "h", "predicted", "List only genes that a method predicts, or all")
    case .showPanels: Entry(.tables, "Esc", "panels", "Go back from a table to the panels")
    case .geneTable:
      Entry(.tables, "F", "genes", "Table of all genes: what there is to predict, every measure")
    case .scores:
      Entry(.tables, "T", "scores", "Table of scores: every method on every section, box plots")
    case .copyNumber:
      Entry(
        .tables, "B", "copy-number", "Map copy numbers: spots by chromosomes, against normal spots")
    case .worstSection:
      Entry(.tables, "[", "worst section", "In the table of scores: the method's worst section")
    case .bestSection:
      Entry(.tables, "]", "best section", "In the table of scores: the method's best section")
    case .worstGene:
      Entry(.tables, "{", "worst gene", "Show the gene that the compared method predicts worst")
    case .bestGene:
      Entry(.tables, "}", "best gene", "Show the gene that the compared method predicts best")
    case .origin:
      Entry(.tables, "i", "origin", "Tell where the numbers of a panel, column or cell come from")
    case .zoomIn: Entry(.moving, "+", "zoom in", "Zoom in on the spot or the centre")
    case .zoomOut: Entry(.moving, "-", "zoom out", "Zoom out")
    case .fit: Entry(.moving, "0", "fit", "Show the whole section")
    case .panLeft: Entry(.moving, "H", "left", "Move the view left")
    case .panRight: Entry(.moving, "L", "right", "Move the view right")
    case .panUp: Entry(.moving, "K", "up", "Move the view up")
    case .panDown: Entry(.moving, "J", "down", "Move the view down")
    case .spotLeft: Entry(.moving, "← S-←", "spot", "Choose the spot to the left")
    case .spotRight: Entry(.moving, "→ S-→", "spot", "Choose the spot to the right")
    case .spotUp:
      Entry(.moving, "S-↑", "spot", "Choose the spot above (↑ when a panel has the focus)")
    case .spotDown:
      Entry(.moving, "S-↓", "spot", "Choose the spot below (↓ when a panel has the focus)")
    case .copySpot:
      Entry(.moving, "y", "copy", "Copy all that is known of the spot to the clipboard")
    case .turnSpots:
      Entry(.moving, "Z", "turn spots", "Turn the spots on the image by a quarter")
    case .flipSpots:
      Entry(.moving, "X", "mirror spots", "Mirror the spots on the image left to right")
    case .nextScale:
      Entry(.moving, "V", "image scale", "Lay the spots on the image at the next scale")
    case .moreClusters: Entry(.clusters, ">", "more", "One cluster more")
    case .fewerClusters: Entry(.clusters, "<", "fewer", "One cluster fewer")
    case .methodClusters:
      Entry(
        .clusters, "O", "on method", "Show or hide clusters of the compared method's prediction")
    case .renameCluster: Entry(.clusters, "N", "name", "Name the cluster of the chosen spot")
    case .mergeCluster:
      Entry(.clusters, "M", "merge", "Merge the chosen spot's cluster into another")
    case .recolorCluster:
      Entry(.clusters, "C", "recolour", "Next colour for the chosen spot's cluster")
    case .undo: Entry(.clusters, "u", "undo", "Take the last change of clusters back")
    case .redo: Entry(.clusters, "U", "redo", "Make the change again that was taken back")
    case .nextPalette: Entry(.clusters, "p", "palette", "Next palette for clusters and labels")
    case .export:
      Entry(
        .sections, "e", "export", "Write the section: scanpy, QuPath, Loupe, a table, a picture")
    case .exportLoupe: Entry(.clusters, "E", "Loupe", "Write clusters for Loupe Browser's import")
    case .nextSection: Entry(.sections, ".", "next section", "Open the next section")
    case .previousSection: Entry(.sections, ",", "section", "Open the previous section")
    case .chooseSection: Entry(.sections, "o", "sections", "Choose a section from the list")
    case .help: Entry(.program, "?", "help", "Show this help; type to search it")
    case .palette: Entry(.program, ":", "commands", "Find a command by its name")
    case .nextTheme: Entry(.program, "t", "theme", "Next theme")
    case .redraw: Entry(.program, "Ctrl-L", "redraw", "Draw the whole screen again")
    case .suspend:
      Entry(.program, "Ctrl-Z", "suspend", "Suspend Eosin; fg in the shell brings it back")
    case .quit: Entry(.program, "q", "quit", "Leave Eosin; the view is kept for the next time")
    }
  }

  /// Which method a command shows or hides, counted from 0; nil for other commands.
  var methodIndex: Int? { Self.methodCommands.firstIndex(of: self) }

  /// The commands that show or hide a method, in the order of methods.
  static let methodCommands: [Command] = [.method1, .method2, .method3, .method4, .method5]

  /// The command a key stands for when no overlay is open and nothing is being typed.
  ///
  /// - Parameter panelHasFocus: arrows then choose spots instead of genes.
  static func bound(
    to key: Key, _ modifiers: InputEvent.Modifiers, panelHasFocus: Bool
  ) -> Command? {
    if modifiers.contains(.control) {
      switch key {
      case .character("l"): return .redraw
      case .character("z"): return .suspend
      case .character("c"): return .quit
      case .character("n"): return .nextGene
      case .character("p"): return .previousGene
      case .character("d"), .character("f"): return .genesDown
      case .character("u"), .character("b"): return .genesUp
      default: return nil
      }
    }
    let movesSpot = panelHasFocus || modifiers.contains(.shift)
    switch key {
    case .down: return movesSpot ? .spotDown : .nextGene
    case .up: return movesSpot ? .spotUp : .previousGene
    case .left: return .spotLeft
    case .right: return .spotRight
    case .pageDown: return .genesDown
    case .pageUp: return .genesUp
    case .home: return .firstGene
    case .end: return .lastGene
    case .tab: return .nextFocus
    case .function(1): return .help
    case .character(let character): return byCharacter[character]
    default: return nil
    }
  }

  /// What arrows do where there are no spots and no genes to go to: they move the view.
  var onImageAlone: Command {
    switch self {
    case .spotLeft: .panLeft
    case .spotRight: .panRight
    case .spotUp, .previousGene: .panUp
    case .spotDown, .nextGene: .panDown
    default: self
    }
  }

  /// Single characters, read off the table of keys itself so that the two cannot differ.
  private static let byCharacter: [Character: Command] = {
    var commands: [Character: Command] = ["=": .zoomIn, "_": .zoomOut, " ": .nextGene]
    for command in allCases {
      for key in command.entry.keys.split(separator: " ") where key.count == 1 {
        commands[key[key.startIndex]] = command
      }
    }
    return commands
  }()
}

extension Command {
  /// Commands whose name or help has all the words of a query, in the table's order.
  static func matching(_ query: String) -> [Command] {
    let words = query.lowercased().split(separator: " ")
    return allCases.filter { command in
      let entry = command.entry
      let text = "\(entry.help) \(entry.hint) \(entry.topic.rawValue) \(entry.keys)".lowercased()
      return words.allSatisfy { text.contains($0) }
    }
  }
}
