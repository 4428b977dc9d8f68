import CSystem
import Curses
import Drawing
import Foundation

// A little program for CursesTests: draws a ramp, lists the events it is sent, and ends in every
// way a program can. `terminal-probe [depth] [measure]`.
//
// Keys: q quit, ! crash, x exit without restoring, c copy, p post from another thread,
// w write on standard error.

Terminal.blockSignals()
let depth = CommandLine.arguments.dropFirst().first.flatMap(ColorDepth.init(rawValue:))
let theme = Theme(
  name: "probe",
  paints: [
    .title: .color(Color(0xFFAF00)), .bar: .color(Color(0x303446)), .barText: .palette(7),
  ])
var lines: [String] = []

func picture(of lines: [String], on terminal: Terminal) -> Canvas {
  let (columns, rows) = terminal.size
  var canvas = Canvas(columns: columns, rows: rows)
  canvas.fill(
    Rectangle(column: 0, row: 0, columns: columns, rows: 1), with: Cell(ground: .role(.bar)))
  canvas.write(
    "probe \(columns)x\(rows) \(terminal.depth.rawValue)", column: 0, row: 0, ink: .role(.title),
    style: .bold)
  for column in 0..<columns {
    canvas[column, 1] = Cell("▀", ink: .color(ramp(column)), ground: .color(ramp(column + 40)))
  }
  for (row, line) in lines.suffix(max(0, rows - 3)).enumerated() {
    canvas.write(line, column: 0, row: row + 2)
  }
  return canvas
}

func ramp(_ position: Int) -> Color {
  Color(0x440154).mixed(with: Color(0xFDE725), share: Double(position % 80) / 79)
}

do {
  let terminal = try Terminal(depth: depth, theme: theme)
  if CommandLine.arguments.contains("measure") {
    let report = measure(terminal)
    terminal.restore()
    print(report)
    exit(0)
  }
  let inbox = Inbox<String>()
  loop: while true {
    let (events, messages) = terminal.waitForEvents(and: inbox)
    lines += messages.map { "message \($0)" }
    for event in events {
      lines.append(event.text)
      switch event {
      case .key(.character("q"), []), .hangUp: break loop
      case .key(.character("!"), []): fatalError("asked to crash")
      case .key(.character("x"), []): exit(3)
      case .key(.character("c"), []): terminal.copy("copied text")
      case .key(.character("p"), []): Thread { inbox.post("from a thread") }.start()
      case .key(.character("w"), []): FileHandle.standardError.write(Data("torn?".utf8))
      default: break
      }
    }
    terminal.draw(picture(of: lines, on: terminal))
  }
  terminal.restore()
  print("left in peace")
} catch {
  FileHandle.standardError.write(Data("terminal-probe: \(error)\n".utf8))
  exit(1)
}
