/// What a pickle says, as plain values and PyTorch's tensors.
///
/// Lists, dictionaries and the like lie in one table and refer to each other by place, so that a
/// pickle that nests or refers to itself without end costs no more than its size.
struct Pickle {
  enum Value: Hashable {
    case none
    case bool(Bool)
    case integer(Int)
    /// A whole number that needs more than 64 bits, as hexadecimal or decimal digits.
    case large(String)
    case float(Double)
    case string(String)
    case bytes([UInt8])
    /// A place in the table.
    case object(Int)
  }

  struct Pair {
    var key: Value
    var value: Value
  }

  /// Where values lie, as a pickle names it.
  struct Storage: Hashable {
    /// Nil for untyped bytes, which then count as values.
    var type: ScalarType?
    var key: String
    /// The first value that belongs to it; not 0 only in files of PyTorch 0.1.
    var offset: Int
    var count: Int
  }

  /// A tensor over a storage. Offset, shape and strides are as the pickle says.
  struct Tensor {
    var storage: Storage
    var type: ScalarType
    var offset: Int
    var shape: [Int]
    var strides: [Int]
  }

  enum Object {
    case list([Value])
    case tuple([Value])
    case set([Value])
    /// Its pairs in order; a later pair of the same key replaces an earlier one.
    case dictionary([Pair])
    /// An object whose attributes are its pairs, such as `argparse.Namespace`.
    case record([Pair])
    case storage(Storage)
    case tensor(Tensor)
    /// A NumPy type by its code, such as `<f8`.
    case numpyType(String)
    /// A NumPy array before its contents are set.
    case emptyNumpyArray
    /// A class or function by its name. Never looked up.
    case global(String)
    /// What calling something unknown would have made; the name says what. Nothing was called.
    case opaque(String)
  }

  /// What the pickle is of.
  let root: Value
  let objects: [Object]
  /// Every storage by its key.
  let storages: [String: Storage]
  /// The byte after the pickle's last.
  let end: Int

  /// What a value refers to; nil for one that is no object.
  func object(_ value: Value) -> Object? {
    guard case .object(let place) = value else { return nil }
    return objects[place]
  }

  /// The elements of a list, tuple or set.
  func elements(_ value: Value) -> [Value]? {
    switch object(value) {
    case .list(let values), .tuple(let values), .set(let values): values
    default: nil
    }
  }

  /// The values of a dictionary or record under their names, as Python would have them: in the
  /// order in which the names first came, the last value of each. Other keys are left out.
  func members(_ value: Value) -> [(name: String, value: Value)]? {
    let pairs: [Pair]
    switch object(value) {
    case .dictionary(let found), .record(let found): pairs = found
    default: return nil
    }
    var places: [String: Int] = [:]
    var members: [(name: String, value: Value)] = []
    for pair in pairs {
      guard case .string(let name) = pair.key else { continue }
      if let place = places[name] {
        members[place].value = pair.value
      } else {
        places[name] = members.count
        members.append((name, pair.value))
      }
    }
    return members
  }

  /// The plain form of a value; nil where it is none, such as a tensor, bytes or an object of an
  /// unknown class. Within dictionaries and lists, what is not plain is left out.
  ///
  /// - Parameter budget: how many values may still be made, as what is shared is repeated.
  func plain(_ value: Value, budget: inout Int, depth: Int = 0) -> JSON? {
    budget -= 1
    guard budget > 0, depth < 32 else { return nil }
    switch value {
    case .none: return .null
    case .bool(let value): return .bool(value)
    case .integer(let value): return .integer(value)
    case .large(let text), .string(let text):
      budget -= text.utf8.count / 32
      return .string(text)
    case .float(let value): return value.isFinite ? .number(value) : .string("\(value)")
    case .bytes: return nil
    case .object:
      if let values = elements(value) {
        var array: [JSON] = []
        for value in values where budget > 0 {
          if let json = plain(value, budget: &budget, depth: depth + 1) { array.append(json) }
        }
        return .array(array)
      }
      guard let members = members(value) else { return nil }
      var object: [String: JSON] = [:]
      for (name, value) in members where budget > 0 {
        object[name] = plain(value, budget: &budget, depth: depth + 1)
      }
      return .object(object)
    }
  }
}

/// Why a pickle is not read: what was found and what to do.
struct PickleError: Error, Hashable {
  var problem: String

  static func damaged(_ what: String, at byte: Int) -> PickleError {
    PickleError(
      problem: "is damaged: its pickle \(what) at byte \(byte). Copy or download it again.")
  }
}
