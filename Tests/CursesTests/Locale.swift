import CSystem

/// Character widths come from the C library, which knows none before a locale is chosen.
enum Locale {
  static let utf8 = eosin_use_locale()
}
