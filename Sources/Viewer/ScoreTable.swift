import Drawing

/// Where the parts of the table of scores and what lies below it are.
struct ScoreTable {
  /// How much of a score a cell tells.
  enum Detail: CaseIterable {
    /// `0.412 of 0.551  75 % ◐`
    case full
    /// `0.412  75 % ◐`
    case share
    /// `0.412 ◐`
    case mean

    /// The cells it takes, two of them a gap at the left.
    var columns: Int {
      switch self {
      case .full: 25
      case .share: 16
      case .mean: 10
      }
    }
  }

  var title, heading: Rectangle
  /// A row a section, one for the means, and one for what the marks mean.
  var rows, means, legend: Rectangle
  /// Boxes and card below; empty where there is no room.
  var boxes, card: Rectangle
  var nameColumns, patientColumns: Int
  var detail: Detail
  /// The methods there is room for, as places among all, and the width of each.
  var shown: Range<Int>

  /// - Parameters:
  ///   - names: the sections' names, and their patients'.
  ///   - chosen: the place of the chosen method.
  init(
    in stage: Rectangle, names: [(section: String, patient: String)], methods: Int, chosen: Int
  ) {
    let fixed = 4
    let wanted = names.count + fixed
    // At least seven rows below, or none.
    let most = stage.rows < fixed + 4 + 7 ? stage.rows : max(fixed + 4, stage.rows * 55 / 100)
    var (table, below) = stage.splitTop(min(wanted, most))
    if below.rows < 5 {
      table = stage
      below = stage.splitTop(stage.rows).rest
    }
    (title, table) = table.splitTop(1)
    (heading, table) = table.splitTop(1)
    (legend, table) = table.splitBottom(1)
    (means, rows) = table.splitBottom(1)
    // The means follow the last section where there are few.
    rows.rows = min(rows.rows, names.count)
    means.row = rows.maxRow
    legend.row = means.maxRow
    let cardColumns = stage.columns < 72 ? 0 : min(max(stage.columns * 2 / 5, 38), 58)
    (boxes, card) = below.splitLeft(below.columns - cardColumns)
    if cardColumns > 0 { boxes.columns -= 1 }
    nameColumns = min(max(9, (names.map(\.section.columns).max() ?? 0) + 2), 18)
    let patients = min(max(7, names.map(\.patient.columns).max() ?? 0), 10) + 1
    patientColumns = stage.columns >= 70 ? patients : 0
    let room = stage.columns - 3 - nameColumns - patientColumns
    let detail = Detail.allCases.first { $0.columns * methods <= room } ?? .mean
    self.detail = detail
    let fit = max(1, min(methods, room / detail.columns))
    let first = max(0, min(chosen - fit / 2, methods - fit))
    shown = first..<min(methods, first + fit)
  }
}
