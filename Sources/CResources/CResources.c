#include "CResources.h"

// #embed is standard in C23; the compiler takes it in every mode and says so.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char eosin_dark[] = {
#embed "../../Themes/eosin-dark.theme"
};
static const unsigned char eosin_light[] = {
#embed "../../Themes/eosin-light.theme"
};
static const unsigned char high_contrast[] = {
#embed "../../Themes/high-contrast.theme"
};
static const unsigned char terminal[] = {
#embed "../../Themes/terminal.theme"
};

struct eosin_theme eosin_builtin_theme(size_t index) {
  switch (index) {
  case 0: return (struct eosin_theme){"eosin-dark", eosin_dark, sizeof eosin_dark};
  case 1: return (struct eosin_theme){"eosin-light", eosin_light, sizeof eosin_light};
  case 2: return (struct eosin_theme){"high-contrast", high_contrast, sizeof high_contrast};
  case 3: return (struct eosin_theme){"terminal", terminal, sizeof terminal};
  default: return (struct eosin_theme){0, 0, 0};
  }
}

static const unsigned char glyphs[] = {
#embed "font/dejavu-mono-18.glyphs"
};

struct eosin_bytes eosin_glyphs(void) {
  return (struct eosin_bytes){glyphs, sizeof glyphs};
}

static const unsigned char text_glyphs[] = {
#embed "font/dejavu-sans-36.glyphs"
};

struct eosin_bytes eosin_text_glyphs(void) {
  return (struct eosin_bytes){text_glyphs, sizeof text_glyphs};
}
