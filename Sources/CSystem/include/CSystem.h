#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// Signals as data: blocked everywhere, read from a descriptor, so that no code runs in a handler.

/// Blocks the signals that a terminal program answers, and has them passed on to the calling thread
/// where another one gets them; call from the main thread, before the others are started.
void eosin_block_signals(void);
/// A descriptor that becomes readable when one of the blocked signals arrives, or -1.
int eosin_signal_descriptor(void);
/// The next signal waiting on the descriptor, or 0.
int eosin_next_signal(int descriptor);
/// Stops the process group as ^Z does and returns once it goes on. A group that no shell waits for
/// cannot be stopped: then it returns at once.
void eosin_stop(void);

/// From here on the first ^C is only noted, so that work can stop between two steps; the second
/// one ends the process as usual.
void eosin_note_interrupts(void);
bool eosin_was_interrupted(void);

// Waiting.

/// A descriptor that one thread wakes another with, or -1.
int eosin_event_descriptor(void);
void eosin_wake(int descriptor);
void eosin_clear(int descriptor);
void eosin_close(int descriptor);

enum { EOSIN_READY_INPUT = 1, EOSIN_READY_SIGNAL = 2, EOSIN_READY_EVENT = 4, EOSIN_HUNG_UP = 8 };
/// Waits until a descriptor can be read; a negative time-out waits for ever. Returns the flags
/// above, 0 after the time-out.
int eosin_wait(int input, int signals, int events, int timeout_milliseconds);

// The terminal.

struct eosin_size {
  int columns, rows;
};
/// The terminal's size in cells; 0 x 0 when it does not say.
struct eosin_size eosin_terminal_size(int descriptor);
/// Writes all bytes, waiting as long as it takes; false when the other end is gone.
bool eosin_write(int descriptor, const uint8_t *bytes, size_t count);
/// Opens a file to append to, only for this user; -1 when that fails.
int eosin_open_log(const char *path);
/// The same without a name: gone when it is closed.
int eosin_open_nameless(void);
/// Takes the user's locale for characters only; true when it is UTF-8.
bool eosin_use_locale(void);
/// Columns that the C library gives a character: -1 when it is not known or not printable.
int eosin_width(uint32_t scalar);

// The guard: whatever ends the process, the terminal is usable afterwards.

/// Remembers the terminal's modes and what brings it back: written at exit and by the handlers of
/// crash signals. With `log` >= 0, standard error goes there until the guard is lifted, and a
/// crash copies what the log holds from `log_start` on (its end, if long) to the real one.
/// Returns false when the descriptor is no terminal.
bool eosin_guard_arm(int terminal, const char *restore, int log, off_t log_start);
/// Brings terminal modes and standard error back and removes the handlers, after the caller has
/// left the screen; harmless when repeated.
void eosin_guard_disarm(void);
