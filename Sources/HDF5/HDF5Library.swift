import CHDF5
import Foundation

/// Runs calls to HDF5 one at a time, whatever thread they come from: the library keeps state of its
/// own. Calls within calls are fine.
func withLibrary<Result, Failure: Error>(
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  lock.lock()
  defer { lock.unlock() }
  // Where HDF5 is built for threads, each has its own setting.
  eosin_hdf5_be_quiet()
  return try body()
}

private let lock: NSRecursiveLock = {
  eosin_hdf5_start()
  return NSRecursiveLock()
}()

/// Something that HDF5 has open: closed when the last reference goes.
final class HDF5Handle: Sendable {
  let id: hid_t

  /// Takes what HDF5 returned; nil where that was a failure.
  init?(_ id: hid_t) {
    guard id >= 0 else { return nil }
    self.id = id
  }

  deinit {
    withLibrary { _ = H5Idec_ref(id) }
  }
}

/// The innermost message of the last failure, as a clause to end a sentence with; called under the
/// lock of the call that failed.
func hdf5Explanation() -> String {
  let room = 256
  // Safety: the shim writes at most `room` bytes and ends them by zero.
  let text = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
    unsafe buffer.withMemoryRebound(to: CChar.self) {
      unsafe eosin_hdf5_explain($0.baseAddress!, room)
    }
    count = unsafe strnlen(
      UnsafeRawPointer(buffer.baseAddress!).assumingMemoryBound(to: CChar.self), room)
  }
  return text.isEmpty ? "" : " (HDF5: \(String(decoding: text, as: UTF8.self)))"
}

/// Splits names that each end in a zero byte, and frees them.
func takeNames(_ bytes: UnsafeMutablePointer<CChar>?, length: Int) -> [String]? {
  guard let bytes = unsafe bytes else { return nil }
  defer { unsafe free(bytes) }
  // Safety: the shim says how many bytes there are.
  let all = unsafe UnsafeRawBufferPointer(start: bytes, count: length)
  return unsafe all.split(separator: 0).map { unsafe String(decoding: $0, as: UTF8.self) }
}
