/// Brings a terminal from the frame it shows to the next one.
protocol Painter {
  /// Sends what differs from the frame before.
  mutating func paint(_ frame: Frame)
  /// Forgets what the terminal shows: the next frame is sent whole.
  mutating func invalidate()
}
