import Foundation

/// This process's resident memory, in MB, as Linux tells it.
enum Memory {
  /// What there is now.
  static var resident: Int { field("VmRSS:") }

  /// Forgets the highest so far.
  static func startPeak() {
    try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
  }

  /// The highest since then.
  static var peak: Int { field("VmHWM:") }

  private static func field(_ name: String) -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
    return line.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first.map { $0 / 1024 }
      ?? 0
  }
}
