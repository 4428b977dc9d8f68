/// How many colours a terminal is drawn with: the rungs of the ladder.
///
/// The raw values are what `--color` takes, besides `auto`, which is no depth but ``detect``.
public enum ColorDepth: String, Sendable, Hashable, CaseIterable {
  case trueColor = "24bit"
  case colors256 = "256"
  case colors16 = "16"
  case colors8 = "8"
  case mono

  /// The number of colours.
  public var colors: Int {
    switch self {
    case .trueColor: 0x100_0000
    case .colors256: 256
    case .colors16: 16
    case .colors8: 8
    case .mono: 0
    }
  }

  /// The depth for a terminal that nobody chose one for.
  ///
  /// A non-empty `NO_COLOR` asks for none (no-color.org); `COLORTERM` and a `TERM` such as
  /// `xterm-direct` promise 24 bits; otherwise the terminal's description says how many there are.
  public static func detect(
    environment: [String: String], terminfoColors: Int
  ) -> ColorDepth {
    if environment["NO_COLOR", default: ""] != "" { return .mono }
    if ["truecolor", "24bit"].contains(environment["COLORTERM", default: ""].lowercased()) {
      return .trueColor
    }
    if environment["TERM", default: ""].hasSuffix("-direct") { return .trueColor }
    let rungs: [ColorDepth] = [.trueColor, .colors256, .colors16, .colors8]
    return rungs.first { terminfoColors >= $0.colors } ?? .mono
  }
}
