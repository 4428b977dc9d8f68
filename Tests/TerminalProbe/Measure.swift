import Curses
import Drawing
import Foundation

/// Times frames in which every cell changes, from the call to the last byte written.
func measure(_ terminal: Terminal) -> String {
  let (columns, rows) = terminal.size
  func canvas(_ frame: Int, _ color: (Double, Double, Int) -> Color) -> Canvas {
    var canvas = Canvas(columns: columns, rows: rows)
    for row in 0..<rows {
      for column in 0..<columns {
        let x = Double(column) / Double(columns)
        let y = Double(row) / Double(rows)
        canvas[column, row] = Cell(
          "▀", ink: .color(color(x, y, frame)),
          ground: .color(color(x, y + 0.5 / Double(rows), frame)))
      }
    }
    return canvas
  }
  let smooth: (Double, Double, Int) -> Color = { x, y, frame in
    let value = (sin(x * 7 + Double(frame)) + cos(y * 5 + Double(frame) * 0.7) + 2) / 4
    return value < 0.5
      ? Color(0x440154).mixed(with: Color(0x21918C), share: value * 2)
      : Color(0x21918C).mixed(with: Color(0xFDE725), share: value * 2 - 1)
  }
  // 5,000 spots of their own values, as a gene of a large section looks.
  let spots: (Double, Double, Int) -> Color = { x, y, frame in
    let seed = Int(x * 100) * 7919 + Int(y * 50) * 104_729 + frame * 1_299_709
    let noise = Double(seed &* 2_654_435_761 >> 8 & 0xFFFF) / 65535
    return Color(0x440154).mixed(with: Color(0xFDE725), share: noise)
  }
  let random: (Double, Double, Int) -> Color = { _, _, _ in
    Color(UInt32.random(in: 0...0xFF_FFFF))
  }
  return [("smooth", smooth), ("spots", spots), ("random", random)]
    .map { name, color in
      let frames = (0..<20).map { canvas($0, color) }
      var times: [Double] = []
      let processorStart = clock()
      for round in 0..<200 {
        let start = ContinuousClock.now
        terminal.draw(frames[round % frames.count])
        times.append((ContinuousClock.now - start) / .milliseconds(1))
      }
      let processor = Double(clock() - processorStart) / Double(CLOCKS_PER_SEC) * 1000 / 200
      times.sort()
      let same = ContinuousClock.now
      terminal.draw(frames[199 % frames.count])
      let unchanged = (ContinuousClock.now - same) / .milliseconds(1)
      return String(
        format: "%@ %@: median %.2f ms, 95 %% %.2f, 99 %% %.2f, most %.2f;"
          + " processor %.2f, unchanged %.3f",
        terminal.depth.rawValue, name, times[100], times[190], times[198], times[199],
        processor, unchanged)
    }.joined(separator: "\n")
}
