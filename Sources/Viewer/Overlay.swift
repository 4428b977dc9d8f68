import Workbench

/// What lies over the panels and takes the keys while it does.
enum Overlay: Sendable, Hashable {
  case help(query: String, scroll: Int)
  case palette(query: String, selected: Int)
  case sections(selected: Int)
  case methods(selected: Int)
  case rankings(selected: Int)
  case prompt(Prompt)
  case confirm(ExportRequest)
}

/// A question answered by typing a line.
struct Prompt: Sendable, Hashable {
  enum Purpose: Sendable, Hashable {
    case rename(group: Int)
    case merge(group: Int)
    case export(ClusterExportFormat)
    case method
  }

  var purpose: Purpose
  var title: String
  var text: String
  /// Why the last answer would not do.
  var complaint: String?
}
