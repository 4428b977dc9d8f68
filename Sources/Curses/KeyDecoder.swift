import Drawing

/// Turns the bytes that a terminal sends into events.
///
/// Reads both modes of the cursor keys, the forms of xterm, rxvt, the Linux console and tmux, mouse
/// reports (SGR and the old ones) and bracketed paste. Sequences it does not know are dropped
/// whole, so that an answer of the terminal is never taken for typing.
struct KeyDecoder {
  /// Pasted text beyond this many bytes is cut off.
  static let longestPaste = 1 << 20

  private var pending: [UInt8] = []
  private var paste: [UInt8]?

  /// How long to wait for the rest of what has begun, or nil when nothing has.
  var patienceMilliseconds: Int32? {
    if paste != nil { return 1000 }
    if pending.isEmpty { return nil }
    // A lone Escape is a key; longer beginnings are hardly ever typed, but lines can be slow.
    return pending.count == 1 ? 25 : 100
  }

  /// Takes bytes as they come, cut anywhere.
  mutating func feed(_ bytes: some Sequence<UInt8>) -> [InputEvent] {
    pending.append(contentsOf: bytes)
    var events: [InputEvent] = []
    var input = pending[...]
    loop: while !input.isEmpty {
      if paste != nil {
        guard let text = takePaste(&input) else { break }
        events.append(.paste(text))
        continue
      }
      switch KeyDecoder.decode(input) {
      case .event(let event, let count):
        events.append(event)
        input = input.dropFirst(count)
      case .nothing(let count): input = input.dropFirst(count)
      case .pasteBegins(let count):
        paste = []
        input = input.dropFirst(count)
      case .incomplete: break loop
      }
    }
    pending = Array(input)
    return events
  }

  /// Ends the wait for the rest: what is there is all there is.
  mutating func giveUp() -> [InputEvent] {
    defer { (pending, paste) = ([], nil) }
    if let paste { return [.paste(KeyDecoder.text(paste + pending))] }
    guard pending.first == 0x1B else { return [] }
    if pending.count == 1 { return [.key(.escape)] }
    // Alt with a key that also begins a sequence.
    guard pending.count == 2 else { return [] }
    return [.key(.character(Character(Unicode.Scalar(pending[1]))), .alt)]
  }

  // MARK: Paste

  private static let pasteEnd = Array("\u{1b}[201~".utf8)

  /// Moves bytes to the paste; its text once the end has come.
  private mutating func takePaste(_ input: inout ArraySlice<UInt8>) -> String? {
    let end = KeyDecoder.pasteEnd
    var position = input.startIndex
    while let escape = input[position...].firstIndex(of: 0x1B) {
      if input[escape...].starts(with: end) {
        addToPaste(input[..<escape])
        input = input[(escape + end.count)...]
        defer { paste = nil }
        return KeyDecoder.text(paste ?? [])
      }
      if end.starts(with: input[escape...]) {
        addToPaste(input[..<escape])
        input = input[escape...]
        return nil
      }
      position = escape + 1
    }
    addToPaste(input)
    input = []
    return nil
  }

  private mutating func addToPaste(_ bytes: ArraySlice<UInt8>) {
    let room = KeyDecoder.longestPaste - (paste?.count ?? 0)
    paste?.append(contentsOf: bytes.prefix(room))
  }

  /// Terminals send line ends as typed, with a carriage return.
  private static func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self)
      .replacing("\r\n", with: "\n").replacing("\r", with: "\n")
  }
}

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
    var modifiers = Modifiers(number: numbers.count > 1 ? numbers[1] : 1)
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

  private static func numbers(_ parameters: ArraySlice<UInt8>) -> [Int] {
    parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map {
      Int(String(decoding: $0, as: UTF8.self)) ?? 0
    }
  }
}

extension KeyDecoder {
  private typealias Modifiers = InputEvent.Modifiers

  /// `ESC [ < button ; column ; row M` or `m`.
  private static func mouse(
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
  private static func oldMouse(_ input: ArraySlice<UInt8>) -> Piece {
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
    var modifiers: Modifiers = []
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

extension InputEvent.Modifiers {
  /// From xterm's second parameter: one more than the sum of Shift 1, Alt 2, Control 4.
  fileprivate init(number: Int) {
    self.init(rawValue: UInt8(max(0, number - 1) & 7))
  }
}
