import Drawing
import Foundation
import Sections
import Synchronization
import Workbench

extension ViewerState {
  /// Spots by chromosomes on the whole stage; what is missing where there is no map yet.
  func drawCopyNumber(on frame: inout Frame) {
    let area = wholeStage
    frame.addZone(area, .nothing)
    var (title, body) = area.splitTop(1)
    drawRule(" \(copyNumberTitle.shortened(to: max(0, title.columns - 4))) ", in: title, on: &frame)
    body = body.inset(by: body.rows > 12 ? 1 : 0)
    switch copyNumberQuery() {
    case .failure(let notice): draw(notice, in: body, on: &frame)
    case .success:
      if let problem = copyNumber.problem {
        draw(
          Notice(problem, hint: "W takes another reference, 3 and 4 other groups", isFailure: true),
          in: body, on: &frame)
      } else if let map = copyNumber.map {
        frame.canvas.copy(heatmaps.drawn(map, columns: body.columns, rows: body.rows), to: body)
      } else {
        draw(Notice("smoothing expression along the chromosomes …"), in: body, on: &frame)
      }
    }
  }

  /// What the map on display is of; what it is going to be of before there is one.
  private var copyNumberTitle: String {
    let query = copyNumber.map?.query ?? copyNumber.asked
    let source = query.map { $0.method ?? "observed" } ?? copyNumber.method ?? "observed"
    let groups = query?.groups.name ?? copyNumberGroups?.name
    let references = query?.references ?? copyNumber.references
    return [
      "Copy numbers", source,
      references.isEmpty ? nil : "against \(references.joined(separator: ", "))",
      groups.map { $0 == Annotation.pathologist ? "by the pathologist's labels" : "by \($0)" },
    ].compactMap(\.self).joined(separator: " · ")
  }

  /// How the map was made, or that another is being made.
  func drawCopyNumberState(in area: Rectangle, on frame: inout Frame) {
    var parts: [String] = []
    if awaitsCopyNumber { parts.append("computing …") }
    if let map = copyNumber.map, copyNumber.problem == nil { parts += [map.summary] + map.notes }
    // The most important comes first; what does not fit goes from the end.
    while parts.count > 1, parts.joined(separator: " · ").columns + 2 > area.columns {
      parts.removeLast()
    }
    let text = parts.joined(separator: " · ")
    let room = max(0, area.columns - 2)
    let shown = text.columns <= room ? text : text.prefix(max(0, room - 1)) + "…"
    frame.canvas.write(
      " " + shown, column: area.column, row: area.row, width: area.columns, ink: .role(.muted))
  }
}

extension Canvas {
  /// Puts another canvas into an area of its size.
  fileprivate mutating func copy(_ other: Canvas, to area: Rectangle) {
    for row in 0..<min(other.rows, area.rows) {
      for column in 0..<min(other.columns, area.columns) {
        self[area.column + column, area.row + row] = other[column, row]
      }
    }
  }
}

/// Keeps the heatmap drawn last: means over thousands of spots and windows change with the map and the
/// screen's size alone.
///
/// A class, so that drawing, which changes nothing, may fill it.
final class HeatmapCache: Sendable {
  private let last = Mutex<(query: CopyNumberQuery, canvas: Canvas)?>(nil)

  func drawn(_ map: CopyNumberMap, columns: Int, rows: Int) -> Canvas {
    last.withLock { last in
      if let last, last.canvas.columns == columns, last.canvas.rows == rows,
        last.query == map.query
      {
        return last.canvas
      }
      var canvas = Canvas(columns: columns, rows: rows)
      map.heatmap.draw(on: &canvas, in: canvas.bounds)
      last = (map.query, canvas)
      return canvas
    }
  }
}
