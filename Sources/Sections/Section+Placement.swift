import Images

extension Section {
  /// The section with its spots laid on its image as asked, at the scale that its name tells or else
  /// fits best where none was asked for; what is doubtful about it, and what would help, is said in ``notes``.
  ///
  /// Without an image the placement is kept as asked, and positions stay as read.
  /// - Throws: when a scale is asked for by a name that the files do not have.
  func placed(by request: PlacementRequest) throws(SectionError) -> Section {
    let scales = try scales(for: request)
    guard missingPositions == nil, !spots.isEmpty, let image else { return self }
    let fits = scales.map { scale in
      SpotFit(
        ImagePlacement(
          scale: scale.factor, scaleName: scale.name, orientation: request.orientation),
        of: spots, width: image.width, height: image.height)
    }
    var best = fits[0]
    for fit in fits.dropFirst() where fit.isBetter(than: best) { best = fit }
    var section = self
    section.fit = best
    section.placement = best.placement
    section.spots = best.placement.laying(spots, onto: image)
    section.notes += problems(with: best, on: image)
    return section
  }

  /// The same spots laid on the image in another way.
  public func relaid(as placement: ImagePlacement) -> Section {
    guard let image, missingPositions == nil else { return self }
    var section = self
    section.spots = placement.laying(positionsInFile, onto: image)
    section.placement = placement
    section.fit = SpotFit(
      placement, of: positionsInFile, width: image.width, height: image.height)
    return section
  }

  /// The spots with their positions as the file has them.
  public var positionsInFile: [Spot] {
    guard let image, placement != ImagePlacement() else { return spots }
    return spots.map { spot in
      var spot = spot
      (spot.x, spot.y) = placement.inFile(
        x: spot.x, y: spot.y, width: Double(image.width), height: Double(image.height))
      return spot
    }
  }

  /// The scales that the files tell of, and that of the full image.
  public var knownScales: [ImageScale] {
    imageScales.contains { $0.name == Self.fullScale.name }
      ? imageScales : [Self.fullScale] + imageScales
  }

  /// The scales to try, one where one was asked for.
  private func scales(for request: PlacementRequest) throws(SectionError) -> [ImageScale] {
    let known = knownScales
    switch request.scale {
    case nil: return known.first { $0.name == ownScale }.map { [$0] } ?? known
    case .factor(let factor): return [ImageScale(name: "as asked", factor: factor)]
    case .named(let name):
      if let scale = known.first(where: { $0.name == name }) { return [scale] }
      throw SectionError(
        subject: "section \(self.name)",
        problem: "has no image scale '\(name)'. It has \(listed(known.map(\.name), showing: 9)); "
          + "or give a number.")
    }
  }

  /// Positions that are pixels of the image itself.
  private static let fullScale = ImageScale(name: "full", factor: 1)

  /// What does not fit and what would help, a sentence or two; nothing where spots fit.
  private func problems(with fit: SpotFit, on image: ImageFile) -> [String] {
    let outside = fit.spots - fit.spotsOnImage
    guard !fit.isPlausible else {
      return outside == 0 ? [] : ["\(counted(outside, "spot")) of \(fit.spots) outside the image."]
    }
    let what =
      fit.share < SpotFit.leastShare
      ? "\(grouped(outside)) of \(counted(fit.spots, "spot")) lie outside the image."
      : "The spots take only \(String(rounding: fit.coverage * 100)) % of the image."
    return ["\(what) \(remedy(for: fit, on: image))"]
  }

  private func remedy(for fit: SpotFit, on image: ImageFile) -> String {
    func fitted(_ scale: Double, _ orientation: SpotOrientation) -> SpotFit {
      SpotFit(
        ImagePlacement(scale: scale, orientation: orientation), of: spots, width: image.width,
        height: image.height)
    }
    let scale = fit.placement.scale
    let swapped = fitted(
      scale, fit.placement.orientation.then(SpotOrientation(swapsAxes: true)))
    if swapped.isPlausible {
      return "With --swap-axes \(grouped(swapped.spotsOnImage)) would lie on it."
    }
    let others = Self.usualReductions.flatMap { [1 / $0, $0] }
      .map { fitted(scale * $0, fit.placement.orientation) }.filter(\.isPlausible)
    if let best = others.max(by: { $0.coverage < $1.coverage }) {
      return "With --image-scale \(String(rounding: best.placement.scale)) "
        + "\(grouped(best.spotsOnImage)) would lie on it."
    }
    return "Are the positions of this image? Name another with --image, or its --image-scale."
  }

  /// By how much images are usually made smaller.
  private static let usualReductions: [Double] = [2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 25, 32, 64]
}

extension ImagePlacement {
  fileprivate func laying(_ spots: [Spot], onto image: ImageFile) -> [Spot] {
    guard scale != 1 || orientation != .asRead else { return spots }
    return spots.map { spot in
      var spot = spot
      (spot.x, spot.y) = onImage(
        x: spot.x, y: spot.y, width: Double(image.width), height: Double(image.height))
      return spot
    }
  }
}

extension String {
  /// Four digits that count, no more.
  fileprivate init(rounding value: Double) {
    let digits = value < 0.001 ? 6 : value < 1 ? 4 : 1
    let power = [1: 10.0, 4: 10_000.0, 6: 1_000_000.0][digits]!  // One of the three above.
    let rounded = (value * power).rounded() / power
    self = rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}
