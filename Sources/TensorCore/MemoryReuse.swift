import Glibc
import Synchronization

/// Keeps the memory of large tensors that are done with for those that come next.
///
/// The system clears memory before it hands it out, which in training, where each step makes and
/// drops the same large tensors, would take as long as many of the operations. Memory is kept while
/// at least one such object lives, as it does in every optimizer, up to a bound, and
/// given back when the last one goes. Prediction keeps none, unless it goes through the same layers
/// again and again: ``reusingMemory(_:)``.
final class MemoryReuse: Sendable {
  /// Bytes from which on a tensor's memory is kept, and bytes kept at most.
  static let smallest = 256 << 10
  static let most = 768 << 20

  init() {
    kept.withLock { $0.users += 1 }
  }

  deinit {
    kept.withLock { kept in
      kept.users -= 1
      if kept.users == 0 { kept.shrink(to: 0) }
    }
  }

  /// Bytes to ask for when `needed` are: one of eight sizes between two powers of two, so that
  /// sections of different size find each other's memory.
  static func size(for needed: Int) -> Int {
    guard needed >= smallest else { return (needed + 63) / 64 * 64 }
    let step = 1 << (Int.bitWidth - needed.leadingZeroBitCount - 4)
    return (needed + step - 1) / step * step
  }

  /// Memory of exactly that many bytes, as ``size(for:)`` gives them, if any is kept.
  static func take(_ bytes: Int) -> UnsafeMutableRawPointer? {
    guard bytes >= smallest else { return nil }
    return unsafe kept.withLock { kept in
      guard let place = kept.blocks.lastIndex(where: { $0.bytes == bytes }) else { return nil }
      kept.total -= bytes
      return unsafe UnsafeMutableRawPointer(bitPattern: kept.blocks.remove(at: place).address)
    }
  }

  /// Keeps memory, or frees it.
  ///
  /// Safety: the caller gave the address up.
  @unsafe static func giveBack(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
    let address = UInt(bitPattern: memory)
    let isKept =
      bytes >= smallest
      && kept.withLock { kept in
        guard kept.users > 0, bytes <= most else { return false }
        kept.shrink(to: most - bytes)
        kept.blocks.append((address, bytes))
        kept.total += bytes
        return true
      }
    if !isKept { unsafe free(memory) }
  }
}

/// Does work that makes and drops tensors of the same sizes over and over, and keeps their memory for
/// the next of them meanwhile: at most 768 MB, given back at the end.
public func reusingMemory<Result, Failure: Error>(
  _ work: () throws(Failure) -> Result
) throws(Failure) -> Result {
  let reuse = MemoryReuse()
  defer { withExtendedLifetime(reuse) {} }
  return try work()
}

private struct KeptMemory {
  var users = 0
  /// The longest kept first; addresses, as pointers are not for other threads.
  var blocks: [(address: UInt, bytes: Int)] = []
  var total = 0

  /// Frees the longest kept until no more than that many bytes are left.
  mutating func shrink(to most: Int) {
    var freed = 0
    while total > most {
      let block = blocks[freed]
      // Safety: from `giveBack`, and forgotten right after.
      unsafe free(UnsafeMutableRawPointer(bitPattern: block.address))
      total -= block.bytes
      freed += 1
    }
    blocks.removeFirst(freed)
  }
}

private let kept = Mutex(KeptMemory())
