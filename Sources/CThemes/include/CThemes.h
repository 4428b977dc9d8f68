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
