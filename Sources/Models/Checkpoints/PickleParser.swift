import Sections

/// Reads a pickle of protocol 0 to 5 into plain values, calling nothing.
///
/// Not recursive. The values made, the nesting and the length of every part are bounded by the
/// bytes that are there; a stack that runs empty, an unknown opcode and a place in the memo that
/// was never filled end the reading with a sentence.
///
/// Source: CPython's `pickletools`, which describes each opcode.
struct PickleParser {
  private var input: PickleBytes

  private var stack: [Pickle.Value] = []
  /// Heights of the stack at the marks.
  private var marks: [Int] = []
  private var memo: [Int: Pickle.Value] = [:]
  private var objects: [Pickle.Object] = []
  private var storages: [String: Pickle.Storage] = [:]
  private var limits = PickleLimits()

  /// Reads the pickle that begins at the range's start; more may follow it.
  static func parse(
    _ source: ByteSource, in range: Range<Int>
  ) throws(PickleError) -> Pickle {
    var parser = PickleParser(input: PickleBytes(source, range))
    return try parser.run()
  }

  private init(input: PickleBytes) { self.input = input }

  private mutating func run() throws(PickleError) -> Pickle {
    while true {
      let code = try input.opcode()
      if code == UInt8(ascii: ".") { break }
      try step(code)
    }
    guard stack.count == 1, marks.isEmpty else { throw damaged("does not end in one value") }
    return Pickle(root: stack[0], objects: objects, storages: storages, end: input.position)
  }

  private mutating func step(_ code: UInt8) throws(PickleError) {
    switch code {
    case 0x80: _ = try input.byte()  // PROTO
    case 0x95: _ = try input.integer(8)  // FRAME
    case UInt8(ascii: "("):
      try limits.charge(1)
      marks.append(stack.count)
    case UInt8(ascii: "0"): try popOrUnmark()  // POP
    case UInt8(ascii: "1"): _ = try popMarked()  // POP_MARK
    case UInt8(ascii: "2"): try push(try top())  // DUP
    case UInt8(ascii: "N"): try push(.none)
    case 0x88: try push(.bool(true))
    case 0x89: try push(.bool(false))
    case UInt8(ascii: "K"): try push(.integer(try input.integer(1)))
    case UInt8(ascii: "M"): try push(.integer(try input.integer(2)))
    case UInt8(ascii: "J"): try push(.integer(Int(Int32(truncatingIfNeeded: try input.integer(4)))))
    case UInt8(ascii: "I"), UInt8(ascii: "L"): try pushWrittenInteger()  // INT, LONG
    case 0x8A: try pushLong(try input.integer(1))  // LONG1
    case 0x8B: try pushLong(try input.integer(4))  // LONG4
    case UInt8(ascii: "F"): try pushWrittenFloat()
    case UInt8(ascii: "G"):
      let bits = try input.bytes(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
      try push(.float(Double(bitPattern: bits)))
    case UInt8(ascii: "S"): try pushQuoted()  // STRING
    case UInt8(ascii: "T"): try pushText(try input.integer(4))  // BINSTRING
    case UInt8(ascii: "U"): try pushText(try input.integer(1))  // SHORT_BINSTRING
    case UInt8(ascii: "V"):  // UNICODE
      try push(.string(PickleBytes.unescaped(try input.lineBytes())))
    case UInt8(ascii: "X"): try pushText(try input.integer(4))  // BINUNICODE
    case 0x8C: try pushText(try input.integer(1))  // SHORT_BINUNICODE
    case 0x8D: try pushText(try input.integer(8))  // BINUNICODE8
    case UInt8(ascii: "B"): try push(.bytes(try input.bytes(try input.integer(4))))
    case UInt8(ascii: "C"): try push(.bytes(try input.bytes(try input.integer(1))))
    case 0x8E, 0x96:  // BINBYTES8, BYTEARRAY8
      try push(.bytes(try input.bytes(try input.integer(8))))
    case UInt8(ascii: "]"): try push(.list([]))
    case UInt8(ascii: ")"): try push(.tuple([]))
    case UInt8(ascii: "}"): try push(.dictionary([]))
    case 0x8F: try push(.set([]))  // EMPTY_SET
    case UInt8(ascii: "l"): try push(.list(try popMarked()))
    case UInt8(ascii: "t"): try push(.tuple(try popMarked()))
    case UInt8(ascii: "d"): try push(.dictionary(try pairs(try popMarked())))
    case 0x91: try push(.set(try popMarked()))  // FROZENSET
    case 0x85...0x87: try push(.tuple(try pop(Int(code) - 0x84)))  // TUPLE1, TUPLE2, TUPLE3
    case UInt8(ascii: "a"): try extend(try pop(1))  // APPEND
    case UInt8(ascii: "e"), 0x90: try extend(try popMarked())  // APPENDS, ADDITEMS
    case UInt8(ascii: "s"): try setItems(try pop(2))
    case UInt8(ascii: "u"): try setItems(try popMarked())
    case UInt8(ascii: "p"): try remember(try writtenPlace())
    case UInt8(ascii: "q"): try remember(try input.integer(1))
    case UInt8(ascii: "r"): try remember(try input.integer(4))
    case 0x94: try remember(memo.count)  // MEMOIZE
    case UInt8(ascii: "g"): try recall(try writtenPlace())
    case UInt8(ascii: "h"): try recall(try input.integer(1))
    case UInt8(ascii: "j"): try recall(try input.integer(4))
    case UInt8(ascii: "Q"): try pushPersistent(try pop(1)[0])
    case UInt8(ascii: "c"), 0x93, UInt8(ascii: "i"), UInt8(ascii: "o"), 0x81, 0x92,
      UInt8(ascii: "R"), UInt8(ascii: "b"):
      try stepOfObjects(code)
    default: throw damaged("has an opcode \(code) that Eosin does not know")
    }
  }

  /// The opcodes that Python would look names up and call things for.
  private mutating func stepOfObjects(_ code: UInt8) throws(PickleError) {
    switch code {
    case UInt8(ascii: "c"): try pushGlobal(try input.line(), try input.line())
    case 0x93:  // STACK_GLOBAL
      let names = try pop(2)
      guard case .string(let module) = names[0], case .string(let name) = names[1] else {
        throw damaged("names a class by something other than text")
      }
      try pushGlobal(module, name)
    case UInt8(ascii: "i"):  // INST
      try pushGlobal(try input.line(), try input.line())
      let callee = try pop(1)[0]
      try apply(callee, try popMarked())
    case UInt8(ascii: "o"):  // OBJ
      let values = try popMarked()
      guard let callee = values.first else { throw damaged("makes an object of no class") }
      try apply(callee, Array(values.dropFirst()))
    case UInt8(ascii: "R"), 0x81:  // REDUCE, NEWOBJ
      let values = try pop(2)
      try apply(values[0], try arguments(values[1]))
    case 0x92:  // NEWOBJ_EX
      let values = try pop(3)
      try apply(values[0], try arguments(values[1]))
    default: try build(try pop(1)[0])
    }
  }

  private func damaged(_ what: String) -> PickleError { input.damaged(what) }

  // MARK: Stack

  private mutating func push(_ value: Pickle.Value) throws(PickleError) {
    try limits.charge(1)
    stack.append(value)
  }

  private mutating func push(_ object: Pickle.Object) throws(PickleError) {
    let parts: [Pickle.Value] =
      switch object {
      case .list(let values), .tuple(let values), .set(let values): values
      case .dictionary(let pairs), .record(let pairs): pairs.map(\.value)
      default: []
      }
    objects.append(object)
    try limits.add(over: parts)
    try push(.object(objects.count - 1))
  }

  private func top() throws(PickleError) -> Pickle.Value {
    guard let value = stack.last, stack.count > marks.last ?? 0 else {
      throw damaged("takes a value where there is none")
    }
    return value
  }

  private mutating func pop(_ count: Int) throws(PickleError) -> [Pickle.Value] {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw damaged("takes a value where there is none")
    }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popMarked() throws(PickleError) -> [Pickle.Value] {
    guard let mark = marks.popLast() else { throw damaged("lacks a mark") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private mutating func popOrUnmark() throws(PickleError) {
    if marks.last == stack.count { marks.removeLast() } else { _ = try pop(1) }
  }

  private mutating func remember(_ place: Int) throws(PickleError) {
    try limits.charge(1)
    memo[place] = try top()
  }

  private mutating func recall(_ place: Int) throws(PickleError) {
    guard let value = memo[place] else { throw damaged("recalls a value it never kept") }
    try push(value)
  }

  private mutating func writtenPlace() throws(PickleError) -> Int {
    guard let place = Int(try input.line()), place >= 0 else {
      throw damaged("has no place to keep at")
    }
    return place
  }

  // MARK: Plain values

  private mutating func pushWrittenInteger() throws(PickleError) {
    var digits = try input.line()
    if digits == "00" || digits == "01" { return try push(.bool(digits == "01")) }
    if digits.hasSuffix("L") { digits.removeLast() }
    if let value = Int(digits) { return try push(.integer(value)) }
    let isNumber = digits.drop { $0 == "-" }.utf8.allSatisfy { 0x30...0x39 ~= $0 }
    guard isNumber, !digits.isEmpty else { throw damaged("has no number") }
    try push(.large(digits))
  }

  /// A two's complement number of any length.
  private mutating func pushLong(_ count: Int) throws(PickleError) {
    let digits = try input.bytes(count)
    if count <= 8 {
      let bits = digits.reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
      let unused = 64 - 8 * count
      return try push(.integer(count == 0 ? 0 : Int(Int64(bitPattern: bits << unused) >> unused)))
    }
    guard count <= 4096 else { throw damaged("has a number of \(count) bytes") }
    let hexadecimal = digits.reversed().map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    try push(.large("0x" + hexadecimal.joined()))
  }

  private mutating func pushWrittenFloat() throws(PickleError) {
    guard let value = Double(try input.line()) else { throw damaged("has no number") }
    try push(.float(value))
  }

  /// Python 2's text in quotes; its escapes are kept as they are written.
  private mutating func pushQuoted() throws(PickleError) {
    let quoted = try input.line()
    guard quoted.utf8.count >= 2, let quote = quoted.utf8.first, quote == quoted.utf8.last,
      quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
    else { throw damaged("has text without quotes") }
    try push(.string(String(quoted.dropFirst().dropLast())))
  }

  private mutating func pushText(_ count: Int) throws(PickleError) {
    try push(.string(PickleBytes.text(try input.bytes(count))))
  }

  private func pairs(_ values: [Pickle.Value]) throws(PickleError) -> [Pickle.Pair] {
    guard values.count % 2 == 0 else { throw damaged("has a key without a value") }
    return stride(from: 0, to: values.count, by: 2).map {
      Pickle.Pair(key: values[$0], value: values[$0 + 1])
    }
  }

  /// Appends to the list or set on top; an unknown object takes it as anything else, silently.
  private mutating func extend(_ values: [Pickle.Value]) throws(PickleError) {
    guard case .object(let place) = try top() else { throw damaged("appends to no list") }
    switch objects[place] {
    case .list(var elements):
      objects[place] = .list([])  // so that the elements are not copied
      elements += values
      objects[place] = .list(elements)
    case .set(var elements):
      objects[place] = .set([])
      elements += values
      objects[place] = .set(elements)
    case .opaque: return
    default: throw damaged("appends to no list")
    }
    try limits.deepen(place, over: values)
  }

  private mutating func setItems(_ values: [Pickle.Value]) throws(PickleError) {
    guard case .object(let place) = try top() else { throw damaged("adds to no dictionary") }
    let new = try pairs(values)
    switch objects[place] {
    case .dictionary(var pairs):
      objects[place] = .dictionary([])  // so that the pairs are not copied
      pairs += new
      objects[place] = .dictionary(pairs)
    case .opaque: return
    default: throw damaged("adds to no dictionary")
    }
    try limits.deepen(place, over: values)
  }

  // MARK: Names and calls

  private mutating func pushGlobal(_ module: String, _ name: String) throws(PickleError) {
    guard module.utf8.count + name.utf8.count <= 1000 else {
      throw damaged("names a class by more than 1000 letters")
    }
    let full = PickleGlobals.name(module: module, name)
    guard !PickleGlobals.isRefused(full) else {
      throw PickleError(
        problem: "asks to call \(quoted(full)), which no checkpoint needs. Nothing was run; do "
          + "not trust it.")
    }
    if let type = PickleGlobals.scalarType(full) {
      return try push(.string("torch.\(type.rawValue)"))
    }
    try push(.global(full))
  }

  private func arguments(_ value: Pickle.Value) throws(PickleError) -> [Pickle.Value] {
    guard case .tuple(let values)? = object(value) else {
      throw damaged("calls something without a list of arguments")
    }
    return values
  }

  private func object(_ value: Pickle.Value) -> Pickle.Object? {
    guard case .object(let place) = value else { return nil }
    return objects[place]
  }

  private func elements(_ value: Pickle.Value?) -> [Pickle.Value]? {
    switch value.flatMap(object) {
    case .list(let values), .tuple(let values), .set(let values): values
    default: nil
    }
  }

  /// Makes what calling a known name makes; for any other an inert object that bears its name.
  private mutating func apply(
    _ callee: Pickle.Value, _ arguments: [Pickle.Value]
  ) throws(PickleError) {
    switch object(callee) {
    case .global(let name):
      switch try known(name, arguments) {
      case .value(let value)?: try push(value)
      case .object(let object)?: try push(object)
      case nil: try push(.opaque(name))
      }
    case .opaque(let name): try push(.opaque(name))
    default: throw damaged("calls something that is no function")
    }
  }

  private enum Made {
    case value(Pickle.Value)
    case object(Pickle.Object)
  }

  private mutating func known(_ name: String, _ arguments: [Pickle.Value]) throws(PickleError)
    -> Made?
  {
    if PickleGlobals.dictionaries.contains(name) {
      try limits.charge(elements(arguments.first)?.count ?? 0)
      return .object(.dictionary(dictionaryPairs(arguments.first)))
    }
    if PickleGlobals.records.contains(name) { return .object(.record([])) }
    switch name {
    case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2",
      "torch._utils._rebuild_tensor_v3":
      return .object(try tensor(name, arguments))
    case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state",
      "torch.nn.parameter.Parameter":
      return arguments.first.map { .value($0) }
    case "torch._tensor._rebuild_from_type_v2":
      guard arguments.count >= 3, case .global(let inner)? = object(arguments[0]), inner != name,
        let innerArguments = elements(arguments[2])
      else { return nil }
      return try known(inner, innerArguments)
    case "torch.Size", "builtins.tuple": return .object(.tuple(elements(arguments.first) ?? []))
    case "builtins.list": return .object(.list(elements(arguments.first) ?? []))
    case "builtins.set", "builtins.frozenset":
      return .object(.set(elements(arguments.first) ?? []))
    case "torch.device":
      guard case .string(let kind)? = arguments.first, kind.utf8.count < 64 else { return nil }
      guard arguments.count == 2, case .integer(let index) = arguments[1] else {
        return .value(.string(kind))
      }
      return .value(.string("\(kind):\(index)"))
    case "_codecs.encode":
      guard case .string(let text)? = arguments.first else { return nil }
      try limits.charge(text.utf8.count / 8)
      let isLatin = text.unicodeScalars.allSatisfy { $0.value < 256 }
      return isLatin ? .value(.bytes(text.unicodeScalars.map { UInt8($0.value) })) : nil
    case "numpy.dtype":
      guard case .string(let code)? = arguments.first else { return nil }
      return .object(.numpyType(code))
    case "numpy.core.multiarray.scalar":
      guard arguments.count == 2, case .numpyType(let code)? = object(arguments[0]),
        case .bytes(let bytes) = arguments[1]
      else { return nil }
      return PickleGlobals.numpyScalar(code, bytes).map { .value($0) }
    case "numpy.core.multiarray._reconstruct": return .object(.emptyNumpyArray)
    default: return nil
    }
  }

  /// What a dictionary is made of: another one, or a list of pairs.
  private func dictionaryPairs(_ argument: Pickle.Value?) -> [Pickle.Pair] {
    if case .dictionary(let pairs)? = argument.flatMap(object) { return pairs }
    return (elements(argument) ?? []).compactMap { element in
      guard let pair = elements(element), pair.count == 2 else { return nil }
      return Pickle.Pair(key: pair[0], value: pair[1])
    }
  }

  /// A tensor; an inert object where its values are of a type or form Eosin does not know.
  private func tensor(
    _ name: String, _ arguments: [Pickle.Value]
  ) throws(PickleError) -> Pickle.Object {
    guard arguments.count >= 4 else { throw damaged("describes a tensor without its parts") }
    if case .opaque(let kind)? = object(arguments[0]) { return .opaque(kind) }
    guard case .storage(let storage)? = object(arguments[0]),
      case .integer(let offset) = arguments[1], let shape = integers(arguments[2]),
      let strides = integers(arguments[3]), shape.count == strides.count
    else { throw damaged("describes a tensor without its parts") }
    var type = storage.type
    var attributes = arguments.dropFirst(6).first
    if name.hasSuffix("_v3") {
      guard case .string(let typeName)? = attributes,
        let named = PickleGlobals.scalarType(typeName)
      else { return .opaque(name) }
      type = named
      attributes = arguments.dropFirst(7).first
    }
    // Such as `conj`: the values would have to be changed.
    guard let type, attributes.map({ $0 == .none }) ?? true else { return .opaque(name) }
    return .tensor(
      Pickle.Tensor(
        storage: storage, type: type, offset: offset, shape: shape, strides: strides))
  }

  private func integers(_ value: Pickle.Value) -> [Int]? {
    guard let values = elements(value), values.count <= 64 else { return nil }
    var integers: [Int] = []
    for value in values {
      guard case .integer(let integer) = value else { return nil }
      integers.append(integer)
    }
    return integers
  }

  /// A storage, by which PyTorch refers to values outside the pickle.
  private mutating func pushPersistent(_ id: Pickle.Value) throws(PickleError) {
    guard let parts = elements(id), case .string(let kind)? = parts.first else {
      throw damaged("refers to something that is no storage")
    }
    if kind == "module" { return try push(parts.count > 1 ? parts[1] : .none) }
    guard kind == "storage", parts.count >= 5, case .global(let name)? = object(parts[1]),
      case .string(let key) = parts[2], case .integer(let count) = parts[4], count >= 0
    else { throw damaged("refers to something that is no storage") }
    guard let type = PickleGlobals.storageType(name) else { return try push(.opaque(name)) }
    let whole = Pickle.Storage(type: type, key: key, offset: 0, count: count)
    guard storages[key] ?? whole == whole else {
      throw damaged("describes storage \(quoted(key)) in two ways")
    }
    storages[key] = whole
    guard parts.count > 5, parts[5] != .none else { return try push(.storage(whole)) }
    // (key of the part, first value, number of values)
    guard let part = elements(parts[5]), part.count == 3, case .integer(let offset) = part[1],
      case .integer(let size) = part[2], offset >= 0, size >= 0, offset <= count,
      size <= count - offset
    else { throw damaged("describes a part of a storage that is not in it") }
    try push(.storage(Pickle.Storage(type: type, key: key, offset: offset, count: size)))
  }

  /// Gives the object on top its state.
  private mutating func build(_ state: Pickle.Value) throws(PickleError) {
    guard case .object(let place) = try top() else { throw damaged("gives a number a state") }
    switch objects[place] {
    case .record(var attributes):
      guard case .dictionary(let pairs)? = object(state) else { return }
      attributes += pairs
      objects[place] = .record(attributes)
      try limits.deepen(place, over: pairs.map(\.value))
    case .numpyType(let code):
      // (version, byte order, …)
      guard let parts = elements(state), parts.count > 1, case .string(let order) = parts[1],
        order == "<" || order == ">" || order == "|", code.utf8.count < 16
      else { return }
      objects[place] = .numpyType(order + code)
    case .emptyNumpyArray:
      // (version, shape, type, column order, contents), whose contents are a list for objects.
      guard let parts = elements(state), parts.count == 5,
        case .list(let values)? = object(parts[4])
      else { return objects[place] = .opaque("numpy.ndarray") }
      objects[place] = .list(values)
      try limits.deepen(place, over: values)
    default: return  // attributes of a dictionary or of an unknown object, which nobody reads
    }
  }
}
