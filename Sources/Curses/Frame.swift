import CNcurses
import Drawing

/// A picture of the terminal as it will be sent: colours the terminal has, in its own size.
struct Frame: Equatable {
  var columns = 0
  var rows = 0
  /// Row by row from the top left.
  var cells: [FrameCell] = []
}

/// One cell with nothing left to decide.
struct FrameCell: Equatable {
  /// 0 where the wide character to the left continues.
  var glyph: UInt32
  var ink: TerminalColor
  var ground: TerminalColor
  var style: FrameStyle

  static let upperHalf: UInt32 = 0x2580
  static let lowerHalf: UInt32 = 0x2584
  static let fullBlock: UInt32 = 0x2588
  static let space: UInt32 = 0x20
}

/// A colour number as a terminal takes it.
struct TerminalColor: Hashable {
  /// -1 for the terminal's default, 0...255 in its palette, from 0x1000000 on 24 bits.
  let number: Int32

  static let standard = TerminalColor(number: -1)

  init(number: Int32) { self.number = number }
  init(index: Int) { number = Int32(index) }
  init(exact color: Color) { number = 0x100_0000 | Int32(color.value) }

  var isStandard: Bool { number == -1 }
  /// The 24 bits, or nil for a palette index or the default.
  var rgb: Color? { number >= 0x100_0000 ? Color(UInt32(number)) : nil }
}

/// How a cell is written; the numbers are those of the C shim.
struct FrameStyle: OptionSet, Hashable {
  let rawValue: UInt8
  static let bold = FrameStyle(rawValue: UInt8(EOSIN_BOLD))
  static let underline = FrameStyle(rawValue: UInt8(EOSIN_UNDERLINE))
  static let reverse = FrameStyle(rawValue: UInt8(EOSIN_REVERSE))
  static let italic = FrameStyle(rawValue: UInt8(EOSIN_ITALIC))
  static let dim = FrameStyle(rawValue: UInt8(EOSIN_DIM))
}
