import Drawing
import Testing

@testable import Curses

private func events(_ text: String) -> [InputEvent] {
  var decoder = KeyDecoder()
  return decoder.feed(text.utf8) + decoder.giveUp()
}

@Test(arguments: [
  ("a", InputEvent.key(.character("a"))),
  ("A", .key(.character("A"))),
  ("é", .key(.character("é"))),
  ("組", .key(.character("組"))),
  ("🧬", .key(.character("🧬"))),
  ("\r", .key(.enter)),
  ("\n", .key(.enter)),
  ("\t", .key(.tab)),
  ("\u{7f}", .key(.backspace)),
  ("\u{08}", .key(.backspace)),
  ("\u{03}", .key(.character("c"), .control)),
  ("\u{1a}", .key(.character("z"), .control)),
  ("\u{00}", .key(.character(" "), .control)),
  ("\u{1c}", .key(.character("\\"), .control)),
  ("\u{1b}", .key(.escape)),
  ("\u{1b}x", .key(.character("x"), .alt)),
  ("\u{1b}é", .key(.character("é"), .alt)),
  ("\u{1b}\r", .key(.enter, .alt)),
  ("\u{1b}\u{7f}", .key(.backspace, .alt)),
  ("\u{1b}[", .key(.character("["), .alt)),
  ("\u{1b}O", .key(.character("O"), .alt)),
  ("\u{1b}[A", .key(.up)),
  ("\u{1b}OA", .key(.up)),
  ("\u{1b}[B", .key(.down)),
  ("\u{1b}OC", .key(.right)),
  ("\u{1b}[D", .key(.left)),
  ("\u{1b}[1;2A", .key(.up, .shift)),
  ("\u{1b}[1;3B", .key(.down, .alt)),
  ("\u{1b}[1;5C", .key(.right, .control)),
  ("\u{1b}[1;8D", .key(.left, [.shift, .alt, .control])),
  ("\u{1b}[a", .key(.up, .shift)),
  ("\u{1b}Oa", .key(.up, .control)),
  ("\u{1b}[H", .key(.home)),
  ("\u{1b}OF", .key(.end)),
  ("\u{1b}[1~", .key(.home)),
  ("\u{1b}[8~", .key(.end)),
  ("\u{1b}[5~", .key(.pageUp)),
  ("\u{1b}[6;5~", .key(.pageDown, .control)),
  ("\u{1b}[2~", .key(.insert)),
  ("\u{1b}[3~", .key(.delete)),
  ("\u{1b}[Z", .key(.tab, .shift)),
  ("\u{1b}OP", .key(.function(1))),
  ("\u{1b}[11~", .key(.function(1))),
  ("\u{1b}[[A", .key(.function(1))),
  ("\u{1b}[15~", .key(.function(5))),
  ("\u{1b}[1;2R", .key(.function(3), .shift)),
  ("\u{1b}[24;2~", .key(.function(12), .shift)),
  ("\u{1b}[<0;1;1M", .mouse(MouseEvent(action: .press(.left), column: 0, row: 0))),
  ("\u{1b}[<2;300;12M", .mouse(MouseEvent(action: .press(.right), column: 299, row: 11))),
  ("\u{1b}[<0;5;6m", .mouse(MouseEvent(action: .release, column: 4, row: 5))),
  ("\u{1b}[<32;5;6M", .mouse(MouseEvent(action: .drag(.left), column: 4, row: 5))),
  ("\u{1b}[<33;5;6M", .mouse(MouseEvent(action: .drag(.middle), column: 4, row: 5))),
  ("\u{1b}[<64;5;6M", .mouse(MouseEvent(action: .scrollUp, column: 4, row: 5))),
  (
    "\u{1b}[<81;5;6M",
    .mouse(MouseEvent(action: .scrollDown, column: 4, row: 5, modifiers: .control))
  ),
  (
    "\u{1b}[<12;5;6M",
    .mouse(MouseEvent(action: .press(.left), column: 4, row: 5, modifiers: [.shift, .alt]))
  ),
  ("\u{1b}[M !!", .mouse(MouseEvent(action: .press(.left), column: 0, row: 0))),
  ("\u{1b}[M#!!", .mouse(MouseEvent(action: .release, column: 0, row: 0))),
  ("\u{1b}[200~two\r\nlines\u{1b}[A\u{1b}[201~", .paste("two\nlines\u{1b}[A")),
])
func `bytes become events, however they are cut`(text: String, expected: InputEvent) {
  #expect(events(text) == [expected])

  var decoder = KeyDecoder()
  var collected: [InputEvent] = []
  for byte in text.utf8 { collected += decoder.feed(CollectionOfOne(byte)) }
  #expect(collected + decoder.giveUp() == [expected])
}

@Test(arguments: [
  "\u{1b}[?62;4c", "\u{1b}[I", "\u{1b}[99~", "\u{1b}[<35;5;6M", "\u{1b}[<66;5;6M", "\u{1b}Oz",
  "\u{1b}[<0;0;0M", "\u{1b}[1;2", "\u{1b}[<0;99999999999999999999;1M",
])
func `answers and reports that no one asked for are dropped`(text: String) {
  #expect(events(text) == [])
}

@Test func `bytes that are not UTF-8 are dropped and the rest is kept`() {
  var decoder = KeyDecoder()
  #expect(
    decoder.feed([0xFF, 0xC3, 0x41, 0xE2, 0x28, 0x42]) == [
      .key(.character("A")), .key(.character("(")), .key(.character("B")),
    ])
}

@Test func `several keys in one read come in order`() {
  #expect(
    events("jj\u{1b}[Bq") == [
      .key(.character("j")), .key(.character("j")), .key(.down), .key(.character("q")),
    ])
}

@Test func `Escape twice is two keys`() {
  #expect(events("\u{1b}\u{1b}") == [.key(.escape), .key(.escape)])
  #expect(events("\u{1b}\u{1b}[A") == [.key(.escape), .key(.up)])
}

@Test func `a beginning is waited for, and nothing else`() {
  var decoder = KeyDecoder()
  #expect(decoder.patienceMilliseconds == nil)
  _ = decoder.feed([0x1B])
  #expect(decoder.patienceMilliseconds == 25)
  _ = decoder.feed([0x5B])
  #expect(decoder.patienceMilliseconds == 100)
  #expect(decoder.feed([0x41]) == [.key(.up)])
  #expect(decoder.patienceMilliseconds == nil)
}

@Test func `a paste longer than a megabyte is cut, and typing goes on after it`() {
  var decoder = KeyDecoder()
  var events = decoder.feed("\u{1b}[200~".utf8)
  for _ in 0..<20 { events += decoder.feed([UInt8](repeating: 0x61, count: 100_000)) }
  events += decoder.feed("\u{1b}[201~b".utf8)
  #expect(events.count == 2)
  #expect(events.first == .paste(String(repeating: "a", count: KeyDecoder.longestPaste)))
  #expect(events.last == .key(.character("b")))
}

@Test func `a paste that never ends is given up with what came`() {
  var decoder = KeyDecoder()
  #expect(decoder.feed("\u{1b}[200~half".utf8) == [])
  #expect(decoder.giveUp() == [.paste("half")])
  #expect(decoder.feed("x".utf8) == [.key(.character("x"))])
}
