#pragma once
#include <stddef.h>

/// A theme file from the folder Themes, built into the program so that a lone binary has it.
struct eosin_theme {
  const char *name;
  const unsigned char *text;
  size_t length;
};

/// The built-in theme at an index, or one with a NULL name past the last.
struct eosin_theme eosin_builtin_theme(size_t index);

/// The characters that pictures are lettered with: records of a code point (4 bytes, little
/// endian) and `eosin_glyph_columns` x `eosin_glyph_rows` grey bytes, sorted by code point.
struct eosin_bytes {
  const unsigned char *start;
  size_t length;
};
struct eosin_bytes eosin_glyphs(void);
enum { eosin_glyph_columns = 11, eosin_glyph_rows = 22 };

/// The letters of figures: records as font/make-text-font.py describes them, in no fixed length.
struct eosin_bytes eosin_text_glyphs(void);
enum { eosin_text_glyph_size = 36 };
