import Drawing
import Workbench

extension ViewerState {
  var boxPalette: CategoricalPalette { .okabeIto }

  /// The spread of every gene's score, a box a method, from the chosen section on.
  func drawBoxes(in area: Rectangle, on frame: inout Frame) {
    guard area.rows >= 4, area.columns >= 24 else { return }
    let scored = references.indices.filter { index in
      scoredMethods.contains {
        evaluation(of: EvaluationKey(section: index, method: $0))?.scores != nil
      }
    }
    let (title, body) = area.splitTop(1)
    drawRule(" PCC of genes · ┊ attainable ", in: title, on: &frame)
    guard !scored.isEmpty else {
      frame.canvas.write(
        "boxes come with the first scores", column: body.column + 3, row: body.row + 1,
        width: body.columns - 3, ink: .role(.muted))
      return
    }
    let plot = boxPlot(of: scored)
    // The chosen section on top, as far as there are enough below it.
    let rowsOfGroup = scoredMethods.count > 1 ? scoredMethods.count + 1 : 1
    let before = scored.firstIndex { $0 >= scoreRow } ?? scored.count
    // Whole groups are passed over, so that a heading stands on top.
    let rowsBeyond = max(0, rowsOfGroup * scored.count - (body.rows - 2))
    let most = (rowsBeyond + rowsOfGroup - 1) / rowsOfGroup
    plot.draw(
      on: &frame.canvas,
      in: Rectangle(
        column: body.column + 1, row: body.row, columns: body.columns - 2,
        rows: min(body.rows, plot.canvasRows)),
      skipping: min(before, most) * rowsOfGroup)
  }

  private func boxPlot(of sections: [Int]) -> BoxPlot {
    let groups = sections.map { index in
      let columns = scoredMethods.map { name in
        evaluation(of: EvaluationKey(section: index, method: name))?.scores?.method(name)
      }
      let best = scoredMethod.flatMap {
        evaluations[$0]?.summary(ofSection: index)?.attainable?.attainable
      }
      return BoxPlot.Group(
        references[index].name, values: columns.map { $0?.values(.pearson) ?? [] },
        reference: best)
    }
    var plot = BoxPlot(
      title: "", valueName: "PCC", series: scoredMethods, groups: groups)
    plot.palette = boxPalette
    return plot
  }
}
