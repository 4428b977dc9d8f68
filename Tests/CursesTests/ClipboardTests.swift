import Testing

@testable import Curses

@Test func `copied text becomes one OSC 52 sequence`() {
  #expect(Clipboard.sequence(copying: "FASN 0.41") == "\u{1b}]52;c;RkFTTiAwLjQx\u{07}")
}

@Test func `a text too long for terminals is not sent`() {
  #expect(Clipboard.sequence(copying: String(repeating: "x", count: 74_001)) == nil)
}
