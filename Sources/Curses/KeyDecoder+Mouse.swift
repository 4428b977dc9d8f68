import Drawing

extension KeyDecoder {
  /// `ESC [ < button ; column ; row M` or `m`.
  static func mouse(
    _ parameters: ArraySlice<UInt8>, final: UInt8, count: Int
  ) -> Piece {
    let numbers = numbers(parameters)
    guard numbers.count == 3, final == UInt8(ascii: "M") || final == UInt8(ascii: "m"),
      let event = mouseEvent(
        code: numbers[0], column: numbers[1], row: numbers[2],
        isRelease: final == UInt8(ascii: "m"))
    else { return .nothing(count) }
    return .event(.mouse(event), count)
  }

  /// `ESC [ M` and three bytes, each 32 more than it means: from terminals that know no better.
  static func oldMouse(_ input: ArraySlice<UInt8>) -> Piece {
    let bytes = input.dropFirst(3).prefix(3).map { Int($0) - 32 }
    guard bytes.count == 3 else { return .incomplete }
    let isRelease = bytes[0] & 0b110_0011 == 3
    guard
      let event = mouseEvent(
        code: bytes[0], column: bytes[1], row: bytes[2], isRelease: isRelease)
    else { return .nothing(6) }
    return .event(.mouse(event), 6)
  }

  private static func mouseEvent(
    code: Int, column: Int, row: Int, isRelease: Bool
  ) -> MouseEvent? {
    guard column > 0, row > 0, code >= 0 else { return nil }
    var modifiers: InputEvent.Modifiers = []
    if code & 4 != 0 { modifiers.insert(.shift) }
    if code & 8 != 0 { modifiers.insert(.alt) }
    if code & 16 != 0 { modifiers.insert(.control) }
    let action: MouseEvent.Action
    switch (code & 64 != 0, code & 3) {
    case (true, 0): action = .scrollUp
    case (true, 1): action = .scrollDown
    case (true, _): return nil  // sideways
    case (false, _) where isRelease: action = .release
    case (false, 3): return nil  // moved without a button
    case (false, let number):
      let button: MouseEvent.Button = number == 0 ? .left : number == 1 ? .middle : .right
      action = code & 32 != 0 ? .drag(button) : .press(button)
    }
    return MouseEvent(action: action, column: column - 1, row: row - 1, modifiers: modifiers)
  }
}
