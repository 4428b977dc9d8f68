import CSystem
import Synchronization

/// Where finished work reports to the main thread, which sleeps in `Terminal.waitForEvents`.
public final class Inbox<Message: Sendable>: Sendable {
  private let messages = Mutex<[Message]>([])
  let descriptor = eosin_event_descriptor()

  /// An empty inbox.
  public init() {}

  deinit { eosin_close(descriptor) }

  /// Adds a message and wakes the reader; may be called from any thread.
  public func post(_ message: Message) {
    messages.withLock { $0.append(message) }
    eosin_wake(descriptor)
  }

  /// Takes out everything posted so far, in order.
  public func takeAll() -> [Message] {
    // Cleared first: what is posted in between wakes the reader once more, and nothing is lost.
    eosin_clear(descriptor)
    return messages.withLock { messages in
      defer { messages = [] }
      return messages
    }
  }
}
