import TensorCore

/// One named tensor of a checkpoint, where it lies in the file; read when asked.
public struct StoredTensor: Sendable {
  /// The name in the checkpoint, such as `gene_head.3.weight`.
  public let name: String
  /// The sizes of its axes, row-major; empty for a scalar. Their product fits in memory.
  public let shape: [Int]
  /// What each value is.
  public let type: ScalarType

  /// How many values lie between neighbours along each axis.
  let strides: [Int]
  let source: ByteSource
  /// The byte of the first value.
  let start: Int
  let isBigEndian: Bool

  /// A tensor over bytes that are there: the caller has checked that they are.
  init(
    name: String, shape: [Int], type: ScalarType, strides: [Int]? = nil, source: ByteSource,
    start: Int, isBigEndian: Bool = false
  ) {
    self.name = name
    self.shape = shape
    self.type = type
    self.strides = strides ?? rowMajorStrides(shape)
    self.source = source
    self.start = start
    self.isBigEndian = isBigEndian
  }

  /// A tensor of values in memory, to be written; there must be as many as the shape says.
  public init(name: String, shape: [Int], floats: [Float]) {
    precondition(
      valueCount(shape) == floats.count, "\(name): \(floats.count) values for shape \(shape)")
    // Safety: an array of `Float` is read as the bytes it is made of.
    let bytes = unsafe floats.map { $0.bitPattern.littleEndian }
      .withUnsafeBytes { unsafe Array($0) }
    self.init(
      name: name, shape: shape, type: .float32, source: ByteSource(bytes, file: name), start: 0)
  }

  /// A tensor in memory, to be written; it is not copied on machines that store numbers as files do.
  public init(name: String, _ tensor: Tensor) {
    guard 1.littleEndian == 1 else {
      self.init(name: name, shape: tensor.shape, floats: tensor.array)
      return
    }
    // Safety: the source keeps the tensor's memory, which nobody changes while it is shared.
    let (start, owner) = unsafe tensor.memory
    let source = unsafe ByteSource(
      borrowing: UnsafeRawBufferPointer(start: start, count: 4 * tensor.count), of: owner,
      file: name)
    self.init(name: name, shape: tensor.shape, type: .float32, source: source, start: 0)
  }

  /// A tensor of whole numbers in memory, to be written; as many as the shape says.
  public init(name: String, shape: [Int], integers: [Int64]) {
    precondition(
      valueCount(shape) == integers.count, "\(name): \(integers.count) values for shape \(shape)")
    // Safety: an array of `Int64` is read as the bytes it is made of.
    let bytes = unsafe integers.map { $0.littleEndian }.withUnsafeBytes { unsafe Array($0) }
    self.init(
      name: name, shape: shape, type: .int64, source: ByteSource(bytes, file: name), start: 0)
  }

  /// The number of values.
  public var count: Int { shape.reduce(1, *) }
  /// The size of all values, packed.
  public var byteCount: Int { count * type.byteCount }

  /// Whether the values lie in the file one after the other in row-major order.
  public var isPacked: Bool {
    count == 0
      || zip(zip(shape, strides), rowMajorStrides(shape)).allSatisfy { axis, packed in
        axis.0 == 1 || axis.1 == packed
      }
  }

  /// The same values under another name.
  public func renamed(_ name: String) -> StoredTensor {
    StoredTensor(
      name: name, shape: shape, type: type, strides: strides, source: source, start: start,
      isBigEndian: isBigEndian)
  }

  /// The values as `Float`, row-major: rounded from `float64` and wide integers, else exact; a
  /// truth value is 0 or 1.
  public func floats() -> [Float] {
    if type == .float32, isPacked, !isBigEndian, 1.littleEndian == 1 {
      return unsafe [Float](unsafeUninitializedCapacity: count) { values, filled in
        // Safety: the range holds four bytes for each of the `count` values there is room for.
        unsafe source.withBytes(in: start..<start + byteCount) { bytes in
          unsafe UnsafeMutableRawBufferPointer(values).copyMemory(from: bytes)
        }
        filled = count
      }
    }
    return switch type {
    case .float32: packed(UInt32.self) { Float(bitPattern: $0) }
    case .float16: packed(UInt16.self) { Float(Float16(bitPattern: $0)) }
    case .bfloat16: packed(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
    case .float64: packed(UInt64.self) { Float(Double(bitPattern: $0)) }
    default: integers { Float($0) }
    }
  }

  /// The values as `Double`, row-major: exact but for integers beyond 2⁵³.
  public func doubles() -> [Double] {
    switch type {
    case .float64: packed(UInt64.self) { Double(bitPattern: $0) }
    case .float32, .float16, .bfloat16: floats().map(Double.init)
    default: integers { Double($0) }
    }
  }

  /// The values as whole numbers, row-major, or nil for a floating-point type.
  public func integers() -> [Int64]? { type.isInteger ? integers { $0 } : nil }

  /// The values as they would lie in a safetensors file: row-major, little-endian.
  public func packedBytes() -> [UInt8] {
    // Safety: the bytes are copied within the closure.
    unsafe withPackedBytes { bytes in unsafe Array(bytes) }
  }

  /// Hands out the values' bytes, row-major and little-endian, for the time of a call: those of
  /// the mapped file where they lie there so, else a packed copy. They may lie at odd addresses.
  public func withPackedBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if isPacked && (!isBigEndian || type.byteCount == 1) {
      return try unsafe source.withBytes(in: start..<start + byteCount, body)
    }
    switch type.byteCount {
    case 1: return try unsafe withBytes(of: packed(UInt8.self) { $0 }, body)
    case 2: return try unsafe withBytes(of: packed(UInt16.self) { $0.littleEndian }, body)
    case 4: return try unsafe withBytes(of: packed(UInt32.self) { $0.littleEndian }, body)
    default: return try unsafe withBytes(of: packed(UInt64.self) { $0.littleEndian }, body)
    }
  }

  private func integers<Value>(_ convert: (Int64) -> Value) -> [Value] {
    switch type {
    case .bool: packed(UInt8.self) { convert($0 == 0 ? 0 : 1) }
    case .uint8: packed(UInt8.self) { convert(Int64($0)) }
    case .int8: packed(UInt8.self) { convert(Int64(Int8(bitPattern: $0))) }
    case .int16: packed(UInt16.self) { convert(Int64(Int16(bitPattern: $0))) }
    case .uint16: packed(UInt16.self) { convert(Int64($0)) }
    case .int32: packed(UInt32.self) { convert(Int64(Int32(bitPattern: $0))) }
    case .uint32: packed(UInt32.self) { convert(Int64($0)) }
    default: packed(UInt64.self) { convert(Int64(bitPattern: $0)) }
    }
  }

  /// All values in row-major order, from bits in the machine's byte order.
  private func packed<Bits: FixedWidthInteger, Value>(
    _ type: Bits.Type, _ convert: (Bits) -> Value
  ) -> [Value] {
    guard count > 0 else { return [] }
    let size = MemoryLayout<Bits>.size
    let end = zip(shape, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 } + 1
    var values: [Value] = []
    values.reserveCapacity(count)
    unsafe source.withBytes(in: start..<start + end * size) { bytes in
      func read(_ offset: Int) -> Value {
        // Safety: no sum of indices times strides exceeds `end - 1`, which lies in the range.
        let bits = unsafe bytes.loadUnaligned(fromByteOffset: offset * size, as: Bits.self)
        return convert(isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits))
      }
      if isPacked {
        for offset in 0..<count { values.append(read(offset)) }
        return
      }
      var index = [Int](repeating: 0, count: shape.count)
      var offset = 0
      while true {
        values.append(read(offset))
        var axis = shape.count - 1
        while axis >= 0, index[axis] == shape[axis] - 1 {
          offset -= index[axis] * strides[axis]
          index[axis] = 0
          axis -= 1
        }
        guard axis >= 0 else { return }
        index[axis] += 1
        offset += strides[axis]
      }
    }
    return values
  }
}

/// Hands out the bytes that an array is made of, for the time of a call.
private func withBytes<Bits: FixedWidthInteger, Result, Failure: Error>(
  of values: [Bits], _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
) throws(Failure) -> Result {
  // Safety: integers are plain bytes, and the pointer is used within the closure.
  try unsafe values.withUnsafeBufferPointer { (values) throws(Failure) -> Result in
    try unsafe body(UnsafeRawBufferPointer(values))
  }
}

/// The number of values of a shape out of a file: nil for a negative size, for more than 64 axes
/// and where the sizes that are not zero multiply beyond 2⁵⁸, so that no later product overflows.
func valueCount(_ shape: [Int]) -> Int? {
  guard shape.count <= 64 else { return nil }
  var product = 1
  for size in shape {
    let (next, overflows) = product.multipliedReportingOverflow(by: max(1, size))
    guard size >= 0, !overflows, next <= 1 << 58 else { return nil }
    product = next
  }
  return shape.contains(0) ? 0 : product
}

/// The strides, in values, of a tensor packed in row-major order.
func rowMajorStrides(_ shape: [Int]) -> [Int] {
  var strides = [Int](repeating: 1, count: shape.count)
  for axis in shape.indices.dropLast().reversed() {
    strides[axis] = strides[axis + 1] * max(1, shape[axis + 1])
  }
  return strides
}
