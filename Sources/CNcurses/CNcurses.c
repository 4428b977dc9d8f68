#define NCURSES_WIDECHAR 1
#define _XOPEN_SOURCE_EXTENDED 1
#define _XOPEN_SOURCE 700
#include "CNcurses.h"

#include <ncursesw/curses.h>
#include <stdio.h>
#include <unistd.h>
// Last: its macros have common words for names.
#include <ncursesw/term.h>
#undef columns
#undef lines

static SCREEN *screen;
static FILE *screen_output, *screen_input;

static bool has_string(const char *capability) {
  const char *text = tigetstr(capability);
  return text != NULL && text != (const char *)-1;
}

int eosin_terminal_quality(const char *name, int output, int *colors, bool *alternate_screen) {
  int error;
  if (setupterm(name, output, &error) != OK) return EOSIN_TERMINAL_UNKNOWN;
  bool places_cursor = has_string("cup") && has_string("clear");
  *colors = tigetnum("colors");
  *alternate_screen = has_string("smcup");
  del_curterm(cur_term);
  return places_cursor ? EOSIN_TERMINAL_FINE : EOSIN_TERMINAL_DUMB;
}

bool eosin_curses_start(const char *name, int output, int input) {
  screen_output = fdopen(dup(output), "w");
  screen_input = fdopen(dup(input), "r");
  if (screen_output == NULL || screen_input == NULL) return false;
  screen = newterm(name, screen_output, screen_input);
  if (screen == NULL) return false;
  set_term(screen);
  raw();
  noecho();
  nonl();
  keypad(stdscr, TRUE);
  leaveok(stdscr, TRUE);
  curs_set(0);
  return true;
}

void eosin_curses_end(void) {
  if (screen == NULL) return;
  if (!isendwin()) endwin();
  delscreen(screen);
  screen = NULL;
  fclose(screen_output);
  fclose(screen_input);
}

void eosin_curses_leave(void) { endwin(); }

void eosin_curses_enter(void) {
  reset_prog_mode();
  clearok(curscr, TRUE);
  refresh();
}

void eosin_curses_resize(int columns, int rows) {
  resizeterm(rows, columns);
  clearok(curscr, TRUE);
}

bool eosin_curses_colors(bool *defaults, int *pairs) {
  if (!has_colors() || start_color() != OK) return false;
  *defaults = use_default_colors() == OK;
  *pairs = COLOR_PAIRS;
  return true;
}

void eosin_curses_define_pair(int pair, int ink, int ground) {
  init_extended_pair(pair, ink, ground);
}

void eosin_curses_reset_pairs(void) {
  reset_color_pairs();
  erase();
  clearok(curscr, TRUE);
}

void eosin_curses_set(int row, int column, uint32_t glyph, int style, int pair) {
  attr_t attributes = 0;
  if (style & EOSIN_BOLD) attributes |= WA_BOLD;
  if (style & EOSIN_UNDERLINE) attributes |= WA_UNDERLINE;
  if (style & EOSIN_REVERSE) attributes |= WA_REVERSE;
  if (style & EOSIN_ITALIC) attributes |= WA_ITALIC;
  if (style & EOSIN_DIM) attributes |= WA_DIM;
  wchar_t text[2] = {(wchar_t)glyph, 0};
  cchar_t cell;
  // The last argument carries the pair: numbers above 32767 do not fit the one before.
  if (setcchar(&cell, text, attributes, 0, &pair) == OK)
    mvwadd_wchnstr(stdscr, row, column, &cell, 1);
}

void eosin_curses_refresh(void) { refresh(); }
