import Drawing

extension KeyDecoder {
  /// What the beginning of the input stands for, and how many bytes that takes.
  enum Piece {
    case event(InputEvent, Int)
    case pasteBegins(Int)
    /// Something that no one asked for.
    case nothing(Int)
    case incomplete
  }

  static func decode(_ input: ArraySlice<UInt8>) -> Piece {
    guard let first = input.first else { return .incomplete }
    guard first == 0x1B else { return character(input) }
    let rest = input.dropFirst()
    switch rest.first {
    case nil: return .incomplete
    case 0x1B: return .event(.key(.escape), 1)
    case UInt8(ascii: "["): return controlSequence(input)
    case UInt8(ascii: "O"): return singleShift(input)
    default:
      switch character(rest) {
      case .event(.key(let key, let modifiers), let count):
        return .event(.key(key, modifiers.union(.alt)), count + 1)
      case .nothing(let count): return .nothing(count + 1)
      case let other: return other
      }
    }
  }

  /// A key that arrives as itself: a character, or what Control makes of one.
  private static func character(_ input: ArraySlice<UInt8>) -> Piece {
    let first = input[input.startIndex]
    switch first {
    case 0x0D, 0x0A: return .event(.key(.enter), 1)
    case 0x09: return .event(.key(.tab), 1)
    case 0x08, 0x7F: return .event(.key(.backspace), 1)
    case 0x00: return .event(.key(.character(" "), .control), 1)
    case 0x01...0x1A: return control(first + 0x60)
    case 0x1C...0x1F: return control(first + 0x40)
    case 0x20..<0x7F: return .event(.key(.character(Character(Unicode.Scalar(first)))), 1)
    default: return encodedCharacter(input)
    }
  }

  private static func control(_ letter: UInt8) -> Piece {
    .event(.key(.character(Character(Unicode.Scalar(letter))), .control), 1)
  }

  /// A character of several bytes; what is not UTF-8 is dropped byte by byte.
  private static func encodedCharacter(_ input: ArraySlice<UInt8>) -> Piece {
    let length: Int
    switch input[input.startIndex] {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF: length = 3
    case 0xF0...0xF4: length = 4
    default: return .nothing(1)
    }
    let bytes = input.prefix(length)
    guard bytes.dropFirst().allSatisfy({ $0 & 0xC0 == 0x80 }) else { return .nothing(1) }
    guard bytes.count == length else { return .incomplete }
    guard let text = String(validating: bytes, as: UTF8.self), let character = text.first,
      !(0x80..<0xA0 ~= text.unicodeScalars.first!.value)  // `text` has a first character
    else { return .nothing(length) }
    return .event(.key(.character(character)), length)
  }

  /// `ESC O x`: cursor keys in application mode, F1 to F4, the keypad.
  private static func singleShift(_ input: ArraySlice<UInt8>) -> Piece {
    guard let final = input.dropFirst(2).first else { return .incomplete }
    switch final {
    case UInt8(ascii: "M"): return .event(.key(.enter), 3)
    case UInt8(ascii: "j")...UInt8(ascii: "y"):
      return .event(.key(.character(Character(Unicode.Scalar(final - 0x40)))), 3)
    case UInt8(ascii: "a")...UInt8(ascii: "d"):  // rxvt
      guard let key = keysByLetter[final - 0x20] else { return .nothing(3) }
      return .event(.key(key, .control), 3)
    default:
      guard let key = keysByLetter[final] else { return .nothing(3) }
      return .event(.key(key), 3)
    }
  }

  /// `ESC [ parameters final`.
  private static func controlSequence(_ input: ArraySlice<UInt8>) -> Piece {
    let body = input.dropFirst(2)
    guard let first = body.first else { return .incomplete }
    if first == UInt8(ascii: "[") {  // the Linux console's F1 to F5
      guard let letter = body.dropFirst().first else { return .incomplete }
      guard 0x41...0x45 ~= letter else { return .nothing(4) }
      return .event(.key(.function(Int(letter) - 0x40)), 4)
    }
    guard let end = body.firstIndex(where: { !(0x20..<0x40 ~= $0) }) else {
      return body.count > 64 ? .nothing(input.count) : .incomplete
    }
    let count = end - input.startIndex + 1
    let final = body[end]
    // Cut short by something else, which is looked at next.
    guard 0x24...0x7E ~= final else { return .nothing(count - 1) }
    let parameters = body[..<end]
    if parameters.first == UInt8(ascii: "<") {
      return mouse(parameters.dropFirst(), final: final, count: count)
    }
    if final == UInt8(ascii: "M"), parameters.isEmpty { return oldMouse(input) }
    return key(parameters, final: final, count: count)
  }

  private static func key(
    _ parameters: ArraySlice<UInt8>, final: UInt8, count: Int
  ) -> Piece {
    if parameters.last == UInt8(ascii: "$") || !parameters.allSatisfy({ 0x30...0x3B ~= $0 }) {
      return .nothing(count)
    }
    let numbers = numbers(parameters)
    var modifiers = InputEvent.Modifiers(number: numbers.count > 1 ? numbers[1] : 1)
    switch final {
    case UInt8(ascii: "~"), UInt8(ascii: "^"), UInt8(ascii: "@"):
      if numbers.first == 200 { return .pasteBegins(count) }
      guard let number = numbers.first, let key = keysByNumber[number] else {
        return .nothing(count)
      }
      // rxvt: ^ is Control, @ both.
      if final != UInt8(ascii: "~") { modifiers.insert(.control) }
      if final == UInt8(ascii: "@") { modifiers.insert(.shift) }
      return .event(.key(key, modifiers), count)
    case UInt8(ascii: "Z"): return .event(.key(.tab, .shift), count)
    case UInt8(ascii: "a")...UInt8(ascii: "d") where parameters.isEmpty:  // rxvt
      guard let key = keysByLetter[final - 0x20] else { return .nothing(count) }
      return .event(.key(key, .shift), count)
    default:
      guard let key = keysByLetter[final] else { return .nothing(count) }
      return .event(.key(key, modifiers), count)
    }
  }

  private static let keysByLetter: [UInt8: Key] = [
    0x41: .up, 0x42: .down, 0x43: .right, 0x44: .left, 0x46: .end, 0x48: .home,
    0x50: .function(1), 0x51: .function(2), 0x52: .function(3), 0x53: .function(4),
  ]

  private static let keysByNumber: [Int: Key] = [
    1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
    11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5),
    17: .function(6), 18: .function(7), 19: .function(8), 20: .function(9), 21: .function(10),
    23: .function(11), 24: .function(12),
  ]

  static func numbers(_ parameters: ArraySlice<UInt8>) -> [Int] {
    parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map {
      Int(String(decoding: $0, as: UTF8.self)) ?? 0
    }
  }
}

extension InputEvent.Modifiers {
  /// From xterm's second parameter: one more than the sum of Shift 1, Alt 2, Control 4.
  fileprivate init(number: Int) {
    self.init(rawValue: UInt8(max(0, number - 1) & 7))
  }
}
