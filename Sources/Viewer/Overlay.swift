import Workbench

/// What lies over the panels and takes the keys while it does.
enum Overlay: Sendable, Hashable {
  case help(query: String, scroll: Int)
  case palette(query: String, selected: Int)
  case sections(selected: Int)
  case methods(selected: Int)
  case rankings(selected: Int)
  case exports(selected: Int)
  case origin(Origin)
  case prompt(Prompt)
  case confirm(ExportRequest)
}

/// Where numbers come from: of what it is told, and how far down it has been read.
struct Origin: Sendable, Hashable {
  enum Subject: Sendable, Hashable {
    case image, observed, labels, tumour, drivers
    case method(String)
    case clusters(ClusterSource)

    /// The method whose protocol is told.
    var method: String? {
      if case .method(let name) = self { return name }
      return nil
    }
  }

  var subject: Subject
  /// The section's index; nil for all sections together.
  var section: Int?
  var scroll = 0
}

/// A question answered by typing a line.
struct Prompt: Sendable, Hashable {
  enum Purpose: Sendable, Hashable {
    case rename(group: Int)
    case merge(group: Int)
    case export(ExportKind)
    case method
  }

  var purpose: Purpose
  var title: String
  var text: String
  /// Why the last answer would not do.
  var complaint: String?
}
