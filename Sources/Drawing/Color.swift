/// A 24-bit colour, sRGB.
public struct Color: Sendable, Hashable {
  /// `0xRRGGBB`.
  public var value: UInt32

  /// Takes `0xRRGGBB`; higher bits are ignored.
  @inlinable
  public init(_ value: UInt32) { self.value = value & 0xFF_FFFF }

  /// Takes the three channels, 0...255 each.
  @inlinable
  public init(red: UInt8, green: UInt8, blue: UInt8) {
    value = UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
  }

  /// Reads `#rrggbb`, or nil for anything else.
  public init?(hex: some StringProtocol) {
    guard hex.utf8.count == 7, hex.first == "#", let value = UInt32(hex.dropFirst(), radix: 16)
    else { return nil }
    self.init(value)
  }

  /// The red channel, 0...255.
  @inlinable public var red: UInt8 { UInt8(truncatingIfNeeded: value >> 16) }
  /// The green channel, 0...255.
  @inlinable public var green: UInt8 { UInt8(truncatingIfNeeded: value >> 8) }
  /// The blue channel, 0...255.
  @inlinable public var blue: UInt8 { UInt8(truncatingIfNeeded: value) }

  /// Relative brightness as the eye sees it, 0...255 (Rec. 601 weights, in whole numbers).
  @inlinable
  public var brightness: Int {
    (Int(red) * 299 + Int(green) * 587 + Int(blue) * 114) / 1000
  }

  /// This colour with `share` (0...1) of another mixed in, channel by channel.
  @inlinable
  public func mixed(with other: Color, share: Double) -> Color {
    func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
      UInt8((Double(a) + (Double(b) - Double(a)) * share).rounded())
    }
    return Color(
      red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
  }
}
