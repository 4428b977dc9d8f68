import CHDF5

/// Whether the parts of a type lie within it, as HDF5 takes for granted when it converts values.
///
/// Called under the library's lock. Types nested deeper than 16 levels are none that anyone writes.
func isSound(_ type: hid_t, depth: Int = 0) -> Bool {
  let bytes = H5Tget_size(type)
  guard bytes > 0, depth < 16 else { return false }
  switch H5Tget_class(type) {
  case H5T_INTEGER, H5T_BITFIELD: return hasSoundBits(type, bytes)
  case H5T_FLOAT: return hasSoundBits(type, bytes) && hasSoundFields(type)
  case H5T_COMPOUND: return hasSoundMembers(type, bytes, depth)
  case H5T_ARRAY: return isSoundArray(type, bytes, depth)
  case H5T_ENUM:
    guard let base = HDF5Handle(H5Tget_super(type)) else { return false }
    return H5Tget_size(base.id) == bytes && isSound(base.id, depth: depth + 1)
  case H5T_VLEN:
    guard let base = HDF5Handle(H5Tget_super(type)) else { return false }
    return isSound(base.id, depth: depth + 1)
  default: return true
  }
}

private func hasSoundBits(_ type: hid_t, _ bytes: Int) -> Bool {
  let offset = Int(H5Tget_offset(type))
  let precision = H5Tget_precision(type)
  return bytes <= 32 && offset >= 0 && precision > 0 && offset + precision <= 8 * bytes
}

/// Sign, exponent and mantissa of a float.
private func hasSoundFields(_ type: hid_t) -> Bool {
  var (sign, exponent, exponentBits, mantissa, mantissaBits) = (0, 0, 0, 0, 0)
  // Safety: there is a place for each of the five numbers.
  guard
    unsafe H5Tget_fields(type, &sign, &exponent, &exponentBits, &mantissa, &mantissaBits) >= 0
  else { return false }
  let end = 8 * 32
  guard (0...end).contains(exponent), (1...64).contains(exponentBits),
    (0...end).contains(mantissa), (1...end).contains(mantissaBits)
  else { return false }
  let precision = H5Tget_precision(type)
  return (0..<precision).contains(sign) && exponent + exponentBits <= precision
    && mantissa + mantissaBits <= precision
}

private func hasSoundMembers(_ type: hid_t, _ bytes: Int, _ depth: Int) -> Bool {
  let count = H5Tget_nmembers(type)
  guard count > 0 else { return false }
  return (0..<UInt32(count)).allSatisfy { index in
    guard let member = HDF5Handle(H5Tget_member_type(type, index)) else { return false }
    let start = H5Tget_member_offset(type, index)
    let size = H5Tget_size(member.id)
    return start <= bytes && size <= bytes - start && isSound(member.id, depth: depth + 1)
  }
}

private func isSoundArray(_ type: hid_t, _ bytes: Int, _ depth: Int) -> Bool {
  let rank = H5Tget_array_ndims(type)
  guard rank > 0, rank <= 32, let base = HDF5Handle(H5Tget_super(type)) else { return false }
  var sides = [hsize_t](repeating: 0, count: Int(rank))
  // Safety: there is room for as many sides as the type has.
  guard unsafe H5Tget_array_dims2(type, &sides) == rank else { return false }
  var size = hsize_t(H5Tget_size(base.id))
  for side in sides {
    let (product, overflows) = size.multipliedReportingOverflow(by: side)
    guard !overflows else { return false }
    size = product
  }
  return size == hsize_t(bytes) && isSound(base.id, depth: depth + 1)
}
