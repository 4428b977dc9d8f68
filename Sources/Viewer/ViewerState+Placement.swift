import Drawing
import Sections
import Workbench

/// Laying spots on the image otherwise than they were read.
extension ViewerState {
  /// Turns the spots by a quarter, clockwise.
  mutating func turnSpots() -> [ViewerEffect] { lay { $0.then(.quarterTurn) } }

  /// Mirrors the spots left to right.
  mutating func flipSpots() -> [ViewerEffect] { lay { $0.then(SpotOrientation(flipsX: true)) } }

  /// Lays the spots at the next of the scales that the files tell of.
  mutating func nextScale() -> [ViewerEffect] {
    guard let section = loaded?.section else { return [] }
    var placement = section.placement
    let scales = section.knownScales
    let place = scales.firstIndex { $0.factor == placement.scale } ?? -1
    let next = scales[(place + 1) % scales.count]
    (placement.scale, placement.scaleName) = (next.factor, next.name)
    return lay(placement)
  }

  private mutating func lay(
    _ change: (SpotOrientation) -> SpotOrientation
  ) -> [ViewerEffect] {
    guard var placement = loaded?.section.placement else { return [] }
    placement.orientation = change(placement.orientation)
    return lay(placement)
  }

  private mutating func lay(_ placement: ImagePlacement) -> [ViewerEffect] {
    placements[references[sectionIndex].name] = placement
    return [.lay(section: sectionIndex, placement)]
  }

  /// Asks for the placement that the user gave the section the last time.
  mutating func layAsSaved() -> [ViewerEffect] {
    guard let section = loaded?.section, section.image != nil, !section.spots.isEmpty,
      let placement = placements[references[sectionIndex].name], placement != section.placement
    else { return [] }
    return [.lay(section: sectionIndex, placement)]
  }

  /// Takes the section with its spots elsewhere: what was predicted from the image is asked for again.
  mutating func takeLaid(_ section: LoadedSection) -> [ViewerEffect] {
    let cancelled = leavePredictions() + leaveTumour()
    tumour?.forget(section: sectionIndex)
    keptMethods.removeAll { $0.section == sectionIndex }
    content = .loaded(section)
    (viewport, fingerprint) = (nil, nil)
    message = Message(text: section.section.placementSentence, kind: .note)
    return cancelled + restorePredictions() + [.remember(savedView)]
  }

  /// The keys that lay spots otherwise, for a sentence about doubt.
  var placementKeys: String {
    "\(Command.turnSpots.entry.keys) turns the spots, \(Command.flipSpots.entry.keys) mirrors them"
  }
}

extension Section {
  /// How the spots lie on the image, in a sentence.
  var placementSentence: String {
    let name = placement.scaleName.map { " (\($0))" } ?? ""
    let on =
      fit.map { " · \($0.spotsOnImage.grouped) of \($0.spots.grouped) spots on the image" } ?? ""
    let options = placement.orientation.options
    return "Spots at scale \(shortNumber(Float(placement.scale)))\(name), \(options)\(on)"
  }
}
