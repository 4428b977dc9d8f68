/// Numbers in single precision, arranged along any number of axes.
///
/// A value: copies share memory until one of them is changed. Elements lie in row-major order, the
/// last axis fastest. A tensor with no axes is a scalar; one with an axis of size 0 is empty.
///
/// Gradients: a tensor that descends from one made by ``tracked()`` remembers how it was made, and
/// ``gradients(for:)`` follows those memories backwards. Everything else remembers nothing, so
/// predictions free each intermediate result as soon as it has been used.
public struct Tensor: Sendable {
  /// The size of each axis.
  public let shape: [Int]
  var storage: Storage
  /// How the tensor was made, if gradients may be asked of it.
  var origin: Origin?

  init(shape: [Int], storage: Storage, origin: Origin? = nil) {
    precondition(shape.allSatisfy { $0 >= 0 }, "an axis of \(shape) is negative")
    precondition(
      shape.reduce(1, *) == storage.count, "\(storage.count) elements do not fill \(shape)")
    self.shape = shape
    self.storage = storage
    self.origin = origin
  }

  /// Elements in row-major order.
  public init(shape: [Int], _ elements: [Float]) {
    precondition(
      shape.reduce(1, *) == elements.count, "\(elements.count) elements do not fill \(shape)")
    // Safety: the array has as many elements as the tensor, and the memory is new.
    unsafe self.init(shape: shape) { out in
      unsafe elements.withUnsafeBufferPointer { source in
        if let start = source.baseAddress {
          unsafe out.initialize(from: start, count: source.count)
        }
      }
    }
  }

  /// The same number everywhere.
  public init(shape: [Int], repeating element: Float) {
    let count = shape.reduce(1, *)
    unsafe self.init(shape: shape) { unsafe $0.initialize(repeating: element, count: count) }
  }

  /// Zeros, which take no memory until they are read.
  public static func zeros(_ shape: [Int]) -> Tensor {
    Tensor(shape: shape, storage: Storage(zeros: shape.reduce(1, *)))
  }

  /// A scalar, of shape `[]`.
  public init(_ element: Float) {
    self.init(shape: [], repeating: element)
  }

  /// Numbers that lie in memory kept alive by `owner`, such as a mapped file, without a copy.
  ///
  /// Safety: the caller promises that the memory holds as many numbers as the shape says, lives as
  /// long as `owner` and never changes.
  @unsafe public init(shape: [Int], borrowing start: UnsafePointer<Float>, of owner: AnyObject) {
    // Safety: a storage with an owner is never written to.
    unsafe self.init(
      shape: shape,
      storage: Storage(
        start: UnsafeMutablePointer(mutating: start), count: shape.reduce(1, *), owner: owner))
  }

  /// Where the elements lie, and what keeps them there.
  ///
  /// Safety: the pointer reaches ``count`` elements, to be read only, for as long as the caller holds
  /// on to `owner`.
  @unsafe public var memory: (start: UnsafePointer<Float>, owner: AnyObject) {
    unsafe (UnsafePointer(storage.start), storage)
  }

  /// How many elements there are.
  public var count: Int { storage.count }

  /// How many axes there are.
  public var rank: Int { shape.count }

  /// The elements in row-major order, copied.
  public var array: [Float] {
    // Safety: the pointer reaches `count` elements.
    unsafe withElements { elements in
      unsafe Array(UnsafeBufferPointer(start: elements, count: count))
    }
  }

  /// The only element of a tensor that has just one.
  public var item: Float {
    precondition(count == 1, "a tensor of shape \(shape) is not one number")
    return unsafe withElements { unsafe $0[0] }
  }

  /// One element; changing it copies the elements first if another tensor shares them.
  public subscript(indices: Int...) -> Float {
    get {
      let offset = offset(of: indices)
      return unsafe withElements { unsafe $0[offset] }  // Safety: `offset` checks the indices.
    }
    set {
      let offset = offset(of: indices)
      precondition(origin == nil, "a tensor that gradients flow through cannot be changed")
      if storage.owner != nil || !isKnownUniquelyReferenced(&storage) {
        self = Tensor(shape: shape, array)
      }
      unsafe storage.start[offset] = newValue  // Safety: `offset` checks the indices.
    }
  }

  private func offset(of indices: [Int]) -> Int {
    precondition(indices.count == rank, "\(indices) does not index a tensor of shape \(shape)")
    return zip(indices, shape).reduce(0) { offset, axis in
      precondition(
        (0..<axis.1).contains(axis.0), "\(indices) lies outside a tensor of shape \(shape)")
      return offset * axis.1 + axis.0
    }
  }
}

// What operations are written with. No pointer leaves its closure.
extension Tensor {
  /// A new tensor, whose every element `fill` must write.
  @unsafe init(shape: [Int], filledBy fill: (UnsafeMutablePointer<Float>) -> Void) {
    let storage = Storage(uninitialized: shape.reduce(1, *))
    unsafe fill(storage.start)
    self.init(shape: shape, storage: storage)
  }

  /// Calls `body` with the elements, of which there are `count`.
  @unsafe func withElements<Result>(_ body: (UnsafePointer<Float>) -> Result) -> Result {
    withExtendedLifetime(storage) { unsafe body(storage.start) }
  }
}

extension Tensor: CustomStringConvertible {
  /// The shape and the first elements, for messages and debuggers.
  public var description: String {
    let shown = array.prefix(6).map { "\($0)" }.joined(separator: ", ")
    return "Tensor\(shape)(\(shown)\(count > 6 ? ", …" : ""))"
  }
}
