/// The few classes and functions a pickle may name and have an effect here.
///
/// Everything else that a pickle would call is kept as an inert name; what no checkpoint needs
/// and only an attack would name is refused at once.
enum PickleGlobals {
  /// The full name with what Python 2 and NumPy 2 call differently made the same.
  static func name(module: String, _ name: String) -> String {
    var module = module
    for (old, new) in [
      ("__builtin__", "builtins"), ("copy_reg", "copyreg"), ("numpy._core", "numpy.core"),
    ] where module == old || module.hasPrefix(old + ".") {
      module = new + module.dropFirst(old.count)
    }
    return "\(module).\(name)"
  }

  /// Modules that run programs or code, or reach the file system or the network.
  private static let refusedModules: Set<String> = [
    "os", "posix", "nt", "sys", "subprocess", "popen2", "commands", "shutil", "socket", "pty",
    "importlib", "imp", "runpy", "ctypes", "_ctypes", "code", "codeop", "pdb", "bdb", "timeit",
    "profile", "cProfile", "trace", "pickle", "_pickle", "cPickle", "marshal", "shelve",
    "webbrowser", "asyncio", "signal", "tempfile", "http", "httplib", "urllib", "urllib2",
    "requests", "ftplib", "smtplib", "telnetlib", "platform", "pip", "site", "venv", "ensurepip",
    "distutils", "setuptools", "pydoc", "idlelib", "_posixsubprocess", "_winapi", "_io", "io",
    "_frozen_importlib", "zipimport", "pkgutil", "lib2to3",
  ]

  private static let refusedNames: Set<String> = [
    "torch.load", "torch.serialization.load", "torch.jit.load", "numpy.load",
    "numpy.testing._private.utils.runstring", "numpy.f2py.compile",
  ]
  private static let refusedPrefixes = [
    "torch.hub.", "torch.utils.cpp_extension.", "torch.distributed.rpc.",
  ]

  /// The types among Python's built-ins; its functions such as `eval` are refused. `getattr` is
  /// how some Python versions pickle an enumeration's case; it stays as inert as the rest.
  private static let harmlessBuiltins: Set<String> = [
    "set", "frozenset", "list", "dict", "tuple", "int", "float", "bool", "str", "bytes",
    "bytearray", "complex", "object", "type", "slice", "range", "getattr", "NoneType",
    "Ellipsis", "NotImplemented", "property", "unicode", "long",
  ]

  /// Whether a checkpoint that names this is to be refused.
  static func isRefused(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if refusedModules.contains(parts[0]) || refusedNames.contains(name) { return true }
    if refusedPrefixes.contains(where: name.hasPrefix) { return true }
    return parts[0] == "builtins" && (parts.count != 2 || !harmlessBuiltins.contains(parts[1]))
  }

  static let dictionaries: Set<String> = [
    "collections.OrderedDict", "collections.defaultdict", "collections.Counter", "builtins.dict",
    "pytorch_lightning.utilities.parsing.AttributeDict",
    "lightning.pytorch.utilities.parsing.AttributeDict",
    "lightning_fabric.utilities.data.AttributeDict",
    "lightning.fabric.utilities.data.AttributeDict",
  ]

  static let records: Set<String> = ["argparse.Namespace", "types.SimpleNamespace"]

  /// The element type of a storage class such as `torch.FloatStorage` or
  /// `torch.cuda.FloatStorage`; nil within for untyped bytes.
  static func storageType(_ name: String) -> ScalarType?? {
    let parts = name.split(separator: ".")
    guard parts.first == "torch", let last = parts.last,
      parts.count == 2 || parts.count == 3 && (parts[1] == "cuda" || parts[1] == "storage")
    else { return nil }
    switch last {
    case "FloatStorage": return .some(.float32)
    case "DoubleStorage": return .some(.float64)
    case "HalfStorage": return .some(.float16)
    case "BFloat16Storage": return .some(.bfloat16)
    case "LongStorage": return .some(.int64)
    case "IntStorage": return .some(.int32)
    case "ShortStorage": return .some(.int16)
    case "CharStorage": return .some(.int8)
    case "ByteStorage": return .some(.uint8)
    case "BoolStorage": return .some(.bool)
    case "UntypedStorage", "_UntypedStorage": return .some(nil)
    default: return nil
    }
  }

  /// The type of a name such as `torch.float32`.
  static func scalarType(_ name: String) -> ScalarType? {
    guard name.hasPrefix("torch.") else { return nil }
    return ScalarType(rawValue: String(name.dropFirst("torch.".count)))
  }

  /// A NumPy scalar from its little- or big-endian bytes; nil for a type that is not a number.
  static func numpyScalar(_ code: String, _ bytes: [UInt8]) -> Pickle.Value? {
    let isBigEndian = code.hasPrefix(">")
    let kind = code.drop { "<>|=".contains($0) }
    guard let letter = kind.first, let size = Int(kind.dropFirst()), size == bytes.count,
      [1, 2, 4, 8].contains(size)
    else { return nil }
    let bits = (isBigEndian ? bytes : bytes.reversed()).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    switch (letter, size) {
    case ("b", 1): return .bool(bits != 0)
    case ("i", _):
      return .integer(Int(Int64(bitPattern: bits << (64 - 8 * size)) >> (64 - 8 * size)))
    case ("u", _): return Int(exactly: bits).map { .integer($0) } ?? .large("\(bits)")
    case ("f", 2): return .float(Double(Float16(bitPattern: UInt16(bits))))
    case ("f", 4): return .float(Double(Float(bitPattern: UInt32(bits))))
    case ("f", 8): return .float(Double(bitPattern: bits))
    default: return nil
    }
  }
}
