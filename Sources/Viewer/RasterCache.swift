import Drawing
import Synchronization

/// Keeps the rasters of the last frames: from gene to gene spots change their colours, not their
/// places.
///
/// A class, so that drawing, which changes nothing, may fill it; which copy of a state does so
/// makes no difference.
final class RasterCache: Sendable {
  private struct Entry {
    var layout: SpotLayout
    var style: SpotRaster.Style
    var raster: SpotRaster
  }

  /// The last one used first.
  private let entries = Mutex<[Entry]>([])

  /// As many as a screen shows of different sizes and styles, and those of the screen before.
  private static let capacity = 8

  func raster(
    of layout: SpotLayout, viewport: Viewport, width: Int, height: Int, style: SpotRaster.Style
  ) -> SpotRaster {
    entries.withLock { entries in
      let place = entries.firstIndex { entry in
        entry.style == style && entry.raster.width == width && entry.raster.height == height
          && entry.raster.viewport == viewport && entry.layout == layout
      }
      let entry =
        place.map { entries.remove(at: $0) }
        ?? Entry(
          layout: layout, style: style,
          raster: SpotRaster(
            layout, viewport: viewport, width: width, height: height, style: style))
      entries.insert(entry, at: 0)
      if entries.count > Self.capacity { entries.removeLast() }
      return entry.raster
    }
  }
}
