import CHDF5

/// What a name in a group stands for.
public enum HDF5Kind: Sendable, Hashable { case group, dataset, other }

/// A group of an HDF5 file: named groups and datasets, and attributes.
public struct HDF5Group: Sendable {
  /// Where it is in the file, such as `obs/cluster`; `/` for the whole.
  public let path: String
  let source: HDF5Source
  let handle: HDF5Handle

  init(source: HDF5Source, handle: HDF5Handle, path: String) {
    self.source = source
    self.handle = handle
    self.path = path
  }

  /// The attributes.
  public var attributes: HDF5Attributes {
    HDF5Attributes(path: path, source: source, object: handle)
  }

  /// The names in the group, in the order they were made where the file keeps that, else sorted by
  /// their bytes.
  public var members: [String] {
    get throws(HDF5Error) {
      var length = 0
      let names = withLibrary {
        unsafe takeNames(eosin_hdf5_members(handle.id, &length), length: length)
      }
      guard let names else {
        throw source.error(path, "has a list of members that is damaged. Export the file again.")
      }
      return names
    }
  }

  /// What a path below the group stands for; nil where nothing is there. A link that leads nowhere,
  /// to something damaged or to another file is `other`.
  public func kind(of name: String) -> HDF5Kind? {
    switch find(name) {
    case .nothing: nil
    case .damaged: .other
    case .object(let kind): kind
    }
  }

  private enum Found {
    case nothing, damaged
    case object(HDF5Kind)
  }

  /// Follows a path link by link; each object's header is looked at before HDF5 reads it.
  private func find(_ name: String) -> Found {
    var path = ""
    for part in name.split(separator: "/") {
      path += path.isEmpty ? part : "/" + part
      switch withLibrary({ unsafe eosin_hdf5_link(handle.id, path) }) {
      case 0: return .nothing
      case 1: break
      default: return .object(.other)
      }
      guard ObjectHeader.isSound(path, from: handle, in: source) else { return .damaged }
    }
    return switch withLibrary({ unsafe eosin_hdf5_kind(handle.id, path) }) {
    case 1: .object(.group)
    case 2: .object(.dataset)
    default: .object(.other)
    }
  }

  /// The group at a path below this one.
  ///
  /// - Throws: where there is none, or something else.
  public func group(_ name: String) throws(HDF5Error) -> HDF5Group {
    let handle = try open(name, as: .group)
    return HDF5Group(source: source, handle: handle, path: below(name))
  }

  /// The dataset at a path below this one; nothing of its values is read.
  ///
  /// - Throws: where there is none, or something else.
  public func dataset(_ name: String) throws(HDF5Error) -> HDF5Dataset {
    let handle = try open(name, as: .dataset)
    return try HDF5Dataset(source: source, handle: handle, path: below(name))
  }

  private func below(_ name: String) -> String { path == "/" ? name : "\(path)/\(name)" }

  private func open(_ name: String, as wanted: HDF5Kind) throws(HDF5Error) -> HDF5Handle {
    let path = below(name)
    let noun = wanted == .group ? "group" : "dataset"
    switch find(name) {
    case .nothing: throw source.error(path, "is not there; a \(noun) is expected.")
    case .damaged:
      throw source.error(path, "has a header that is damaged. Export or copy the file again.")
    case .object(wanted): break
    case .object(let kind):
      let found = kind == .other ? "neither group nor dataset" : "no \(noun)"
      throw source.error(path, "is \(found); a \(noun) is expected.")
    }
    return try withLibrary { () throws(HDF5Error) in
      guard let handle = HDF5Handle(unsafe H5Oopen(self.handle.id, name, 0)) else {
        throw source.error(
          path, "cannot be opened\(hdf5Explanation()). Export or copy the file again.")
      }
      return handle
    }
  }
}
