import Testing

@testable import Curses

@Test(arguments: [
  ([:], 256, ColorDepth.colors256),
  ([:], 88, .colors16),
  ([:], 16, .colors16),
  ([:], 8, .colors8),
  ([:], -1, .mono),
  ([:], 0x100_0000, .trueColor),
  (["COLORTERM": "truecolor"], 256, .trueColor),
  (["COLORTERM": "24bit"], 8, .trueColor),
  (["COLORTERM": "yes"], 256, .colors256),
  (["TERM": "xterm-direct"], 8, .trueColor),
  (["TERM": "xterm-256color"], 256, .colors256),
  (["NO_COLOR": "1", "COLORTERM": "truecolor"], 256, .mono),
  (["NO_COLOR": "", "COLORTERM": "truecolor"], 256, .trueColor),
])
func `the depth follows what the environment and the terminal promise`(
  environment: [String: String], terminfoColors: Int, expected: ColorDepth
) {
  #expect(
    ColorDepth.detect(environment: environment, terminfoColors: terminfoColors) == expected)
}

@Test func `the option's values name the depths`() {
  #expect(ColorDepth(rawValue: "24bit") == .trueColor)
  #expect(ColorDepth(rawValue: "256") == .colors256)
  #expect(ColorDepth(rawValue: "16") == .colors16)
  #expect(ColorDepth(rawValue: "mono") == .mono)
  #expect(ColorDepth(rawValue: "auto") == nil)
}

@Test(arguments: [
  (TerminalError.noTerminal(descriptor: 1), "standard output is no terminal"),
  (.noName, "TERM is not set"),
  (.unknownTerminal("xterm-odd"), "TERM is 'xterm-odd', which this machine has no description of"),
  (.dumbTerminal("dumb"), "TERM is 'dumb', a terminal that cannot place its cursor"),
])
func `a refused terminal says why and what to do`(error: TerminalError, beginning: String) {
  #expect(error.description.hasPrefix(beginning))
  #expect(error.description.hasSuffix("."))
}
