#pragma once
#include <stdbool.h>
#include <stdint.h>

// The part of ncurses that Eosin uses, in calls that need no pointers on the Swift side. The
// header of ncurses itself stays out: its macros do not import, and its globals are not safe.

enum { EOSIN_TERMINAL_FINE, EOSIN_TERMINAL_UNKNOWN, EOSIN_TERMINAL_DUMB };
/// Whether the terminal's description is known and can place the cursor; also gives its colours
/// (-1 for none).
int eosin_terminal_quality(const char *name, int output, int *colors, bool *alternate_screen);

/// Takes the screen: raw keys, no echo, no cursor, nothing waits for a line. False if it cannot.
bool eosin_curses_start(const char *name, int output, int input);
/// Leaves the screen and gives back what ncurses holds.
void eosin_curses_end(void);
/// Leaves the screen for a while.
void eosin_curses_leave(void);
/// Comes back, or begins: the screen is cleared and what was on it painted again.
void eosin_curses_enter(void);
void eosin_curses_resize(int columns, int rows);

/// Switches colours on; false when the terminal has none. `defaults` says whether its own default
/// colours can be used (as -1), `pairs` how many colour pairs there are.
bool eosin_curses_colors(bool *defaults, int *pairs);
/// Gives the pair number `pair`, never used before, its colours.
void eosin_curses_define_pair(int pair, int ink, int ground);
/// Forgets all pairs; the next refresh paints everything.
void eosin_curses_reset_pairs(void);

enum {
  EOSIN_BOLD = 1,
  EOSIN_UNDERLINE = 2,
  EOSIN_REVERSE = 4,
  EOSIN_ITALIC = 8,
  EOSIN_DIM = 16
};
/// Puts one character on ncurses' picture of the screen.
void eosin_curses_set(int row, int column, uint32_t glyph, int style, int pair);
/// Sends what changed.
void eosin_curses_refresh(void);
