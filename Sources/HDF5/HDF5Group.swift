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

  /// What a path below the group stands for; nil where nothing is there. A link that leads nowhere
  /// or to another file is `other`.
  public func kind(of name: String) -> HDF5Kind? {
    switch withLibrary({ unsafe eosin_hdf5_kind(handle.id, name) }) {
    case 0: nil
    case 1: .group
    case 2: .dataset
    default: .other
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
    guard let kind = kind(of: name) else {
      throw source.error(path, "is not there; a \(noun) is expected.")
    }
    guard kind == wanted else {
      let found = kind == .other ? "neither group nor dataset" : "no \(noun)"
      throw source.error(path, "is \(found); a \(noun) is expected.")
    }
    guard ObjectHeader.isSound(name, from: handle, in: source) else {
      throw source.error(path, "has a header that is damaged. Export or copy the file again.")
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
