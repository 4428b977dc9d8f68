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
