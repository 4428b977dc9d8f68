import CSystem

/// Whether the user has pressed Ctrl-C since this was made; pressed again, it ends the program.
struct Interruption: Sendable {
  init() { eosin_note_interrupts() }

  var hasCome: Bool { eosin_was_interrupted() }
}
