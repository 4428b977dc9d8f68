import Images

extension VectorPicture {
  /// The picture as pixels, `scale` to a point, with smooth edges.
  ///
  /// A pixel takes as much of a shape's paint as the shape covers of it: exact for rectangles,
  /// from the distance to the edge for lines and discs, from four rows a pixel for other areas.
  /// The size is kept below 16,384 pixels a side; a scale that is not above 0 counts as 1.
  public func raster(scale: Double, theme: Theme) -> RGBImage {
    let wanted = scale.isFinite && scale > 0 ? scale : 1
    let scale = min(wanted, 16_384 / max(width, height))
    let ground = theme.exactColor(of: .background)
    var painter = PixelPainter(
      image: RGBImage(
        width: max(1, Int((width * scale).rounded())),
        height: max(1, Int((height * scale).rounded())),
        filledWith: (ground.red, ground.green, ground.blue)),
      scale: scale, theme: theme)
    for shape in shapes { painter.draw(shape) }
    return painter.image
  }
}
