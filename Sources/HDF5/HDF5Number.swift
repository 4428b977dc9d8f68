/// The numbers that values can be asked for as: what a file holds in another size is converted.
///
/// Whole numbers must fit what is asked for, and fractions be whole where whole numbers are asked
/// for; else reading throws. Halves and doubles become floats by rounding.
public protocol HDF5Number: Sendable, BitwiseCopyable {
  /// How these numbers lie in memory.
  static var numberKind: HDF5NumberKind { get }

  /// Converts `count` numbers that lie together to every `stride`th place; false where one cannot be
  /// converted.
  @unsafe
  static func convert(
    _ source: UnsafeRawPointer, of kind: HDF5NumberKind, count: Int,
    to target: UnsafeMutablePointer<Self>, stride: Int
  ) -> Bool
}

/// The ways numbers lie in memory, once in this machine's byte order.
public enum HDF5NumberKind: Sendable, Hashable {
  case int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64

  /// The kind that holds a file's type without loss; nil for what is no number.
  init?(_ type: HDF5Type) {
    switch type {
    case .boolean: self = .int8
    case .float(let bytes): self = bytes <= 4 ? .float32 : .float64
    case .integer(let bytes, let isSigned):
      switch bytes {
      case 1: self = isSigned ? .int8 : .uint8
      case 2: self = isSigned ? .int16 : .uint16
      case 3...4: self = isSigned ? .int32 : .uint32
      default: self = isSigned ? .int64 : .uint64
      }
    default: return nil
    }
  }

  /// Bytes of one number.
  var size: Int {
    switch self {
    case .int8, .uint8: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  var isFloat: Bool { self == .float32 || self == .float64 }
  var isSigned: Bool { [.int8, .int16, .int32, .int64].contains(self) }
}

/// Puts converted numbers at every `stride`th place; a loop of its own for those that lie together.
@inline(__always) @unsafe
private func place<Source, Target>(
  _ source: UnsafePointer<Source>, _ count: Int, _ target: UnsafeMutablePointer<Target>,
  _ stride: Int, _ converted: (Source) -> Target
) {
  if stride == 1 {
    for index in 0..<count { unsafe target[index] = converted(source[index]) }
  } else {
    for index in 0..<count { unsafe target[index * stride] = converted(source[index]) }
  }
}

extension HDF5Number where Self: FixedWidthInteger {
  /// Converts each number exactly, or answers false.
  @inline(__always) @unsafe
  fileprivate static func convertWhole(
    _ source: UnsafeRawPointer, of kind: HDF5NumberKind, count: Int,
    to target: UnsafeMutablePointer<Self>, stride: Int
  ) -> Bool {
    switch kind {
    case .int8: unsafe whole(source.assumingMemoryBound(to: Int8.self), count, target, stride)
    case .int16: unsafe whole(source.assumingMemoryBound(to: Int16.self), count, target, stride)
    case .int32: unsafe whole(source.assumingMemoryBound(to: Int32.self), count, target, stride)
    case .int64: unsafe whole(source.assumingMemoryBound(to: Int64.self), count, target, stride)
    case .uint8: unsafe whole(source.assumingMemoryBound(to: UInt8.self), count, target, stride)
    case .uint16: unsafe whole(source.assumingMemoryBound(to: UInt16.self), count, target, stride)
    case .uint32: unsafe whole(source.assumingMemoryBound(to: UInt32.self), count, target, stride)
    case .uint64: unsafe whole(source.assumingMemoryBound(to: UInt64.self), count, target, stride)
    case .float32: unsafe rounded(source.assumingMemoryBound(to: Float.self), count, target, stride)
    case .float64:
      unsafe rounded(source.assumingMemoryBound(to: Double.self), count, target, stride)
    }
  }

  @inline(__always) @unsafe
  private static func whole<Source: FixedWidthInteger>(
    _ source: UnsafePointer<Source>, _ count: Int, _ target: UnsafeMutablePointer<Self>,
    _ stride: Int
  ) -> Bool {
    var fits = true
    unsafe place(source, count, target, stride) { number in
      let converted = Self(truncatingIfNeeded: number)
      // Without a branch, so that the loop becomes vector instructions.
      fits = fits && (converted == number)
      return converted
    }
    return fits
  }

  @inline(__always) @unsafe
  private static func rounded<Source: BinaryFloatingPoint>(
    _ source: UnsafePointer<Source>, _ count: Int, _ target: UnsafeMutablePointer<Self>,
    _ stride: Int
  ) -> Bool {
    var fits = true
    unsafe place(source, count, target, stride) { number in
      let converted = Self(exactly: number)
      fits = fits && converted != nil
      return converted ?? 0
    }
    return fits
  }
}

extension HDF5Number where Self: BinaryFloatingPoint {
  /// Converts each number to the nearest.
  @inline(__always) @unsafe
  fileprivate static func convertRounding(
    _ source: UnsafeRawPointer, of kind: HDF5NumberKind, count: Int,
    to target: UnsafeMutablePointer<Self>, stride: Int
  ) -> Bool {
    switch kind {
    case .int8: unsafe whole(source.assumingMemoryBound(to: Int8.self), count, target, stride)
    case .int16: unsafe whole(source.assumingMemoryBound(to: Int16.self), count, target, stride)
    case .int32: unsafe whole(source.assumingMemoryBound(to: Int32.self), count, target, stride)
    case .int64: unsafe whole(source.assumingMemoryBound(to: Int64.self), count, target, stride)
    case .uint8: unsafe whole(source.assumingMemoryBound(to: UInt8.self), count, target, stride)
    case .uint16: unsafe whole(source.assumingMemoryBound(to: UInt16.self), count, target, stride)
    case .uint32: unsafe whole(source.assumingMemoryBound(to: UInt32.self), count, target, stride)
    case .uint64: unsafe whole(source.assumingMemoryBound(to: UInt64.self), count, target, stride)
    case .float32:
      unsafe fraction(source.assumingMemoryBound(to: Float.self), count, target, stride)
    case .float64:
      unsafe fraction(source.assumingMemoryBound(to: Double.self), count, target, stride)
    }
    return true
  }

  @inline(__always) @unsafe
  private static func whole<Source: FixedWidthInteger>(
    _ source: UnsafePointer<Source>, _ count: Int, _ target: UnsafeMutablePointer<Self>,
    _ stride: Int
  ) {
    unsafe place(source, count, target, stride) { Self($0) }
  }

  @inline(__always) @unsafe
  private static func fraction<Source: BinaryFloatingPoint>(
    _ source: UnsafePointer<Source>, _ count: Int, _ target: UnsafeMutablePointer<Self>,
    _ stride: Int
  ) {
    unsafe place(source, count, target, stride) { Self($0) }
  }
}

extension Float: HDF5Number {
  /// How these numbers lie in memory.
  public static let numberKind = HDF5NumberKind.float32

  /// Converts numbers, false where one cannot be.
  @unsafe
  public static func convert(
    _ source: UnsafeRawPointer, of kind: HDF5NumberKind, count: Int,
    to target: UnsafeMutablePointer<Float>, stride: Int
  ) -> Bool {
    unsafe convertRounding(source, of: kind, count: count, to: target, stride: stride)
  }
}

extension Double: HDF5Number {
  /// How these numbers lie in memory.
  public static let numberKind = HDF5NumberKind.float64

  /// Converts numbers, false where one cannot be.
  @unsafe
  public static func convert(
    _ source: UnsafeRawPointer, of kind: HDF5NumberKind, count: Int,
    to target: UnsafeMutablePointer<Double>, stride: Int
  ) -> Bool {
    unsafe convertRounding(source, of: kind, count: count, to: target, stride: stride)
  }
}

extension Int: HDF5Number {
  /// How these numbers lie in memory.
  public static let numberKind = HDF5NumberKind.int64

  /// Converts numbers, false where one cannot be.
  @unsafe
  public static func convert(
    _ source: UnsafeRawPointer, of kind: HDF5NumberKind, count: Int,
    to target: UnsafeMutablePointer<Int>, stride: Int
  ) -> Bool {
    unsafe convertWhole(source, of: kind, count: count, to: target, stride: stride)
  }
}

extension Int32: HDF5Number {
  /// How these numbers lie in memory.
  public static let numberKind = HDF5NumberKind.int32

  /// Converts numbers, false where one cannot be.
  @unsafe
  public static func convert(
    _ source: UnsafeRawPointer, of kind: HDF5NumberKind, count: Int,
    to target: UnsafeMutablePointer<Int32>, stride: Int
  ) -> Bool {
    unsafe convertWhole(source, of: kind, count: count, to: target, stride: stride)
  }
}

extension UInt32: HDF5Number {
  /// How these numbers lie in memory.
  public static let numberKind = HDF5NumberKind.uint32

  /// Converts numbers, false where one cannot be.
  @unsafe
  public static func convert(
    _ source: UnsafeRawPointer, of kind: HDF5NumberKind, count: Int,
    to target: UnsafeMutablePointer<UInt32>, stride: Int
  ) -> Bool {
    unsafe convertWhole(source, of: kind, count: count, to: target, stride: stride)
  }
}

extension UInt8: HDF5Number {
  /// How these numbers lie in memory.
  public static let numberKind = HDF5NumberKind.uint8

  /// Converts numbers, false where one cannot be.
  @unsafe
  public static func convert(
    _ source: UnsafeRawPointer, of kind: HDF5NumberKind, count: Int,
    to target: UnsafeMutablePointer<UInt8>, stride: Int
  ) -> Bool {
    unsafe convertWhole(source, of: kind, count: count, to: target, stride: stride)
  }
}
