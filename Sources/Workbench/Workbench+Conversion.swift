import Drawing
import Foundation
import Images
import Sections

extension Workbench {
  /// Brings together what is to be written of a section: predictions, clusters of what was observed
  /// and of each prediction, and a picture of the tissue.
  ///
  /// - Parameters:
  ///   - normalization: how observed values are seen where they are written so, and clustered.
  ///   - clusters: how clusters are made; none where it is nil.
  ///   - withPicture: whether the image is read.
  /// - Throws: what cannot be predicted, clustered or read; ``WorkbenchError/cancelled``.
  public func conversion(
    of section: LoadedSection, methods: [Method], normalization: Normalization,
    clusters: ClusterSettings? = nil, withPicture: Bool,
    progress: @escaping @Sendable (PredictionProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> Conversion {
    var conversion = Conversion(section, normalization: normalization)
    for method in methods {
      let prediction = try predict(
        method, section, progress: progress, isCancelled: isCancelled)
      guard prediction.denserSpots == nil else {
        throw WorkbenchError(
          "\(method.name) predicts places between the spots, and what is written is of the spots. "
            + "Give predictions of the spots.")
      }
      conversion.export.predictions.append(prediction)
    }
    if let clusters {
      progress(PredictionProgress(stage: "clustering", fraction: 0))
      let observed = try self.clusters(of: section, clusters, isCancelled: isCancelled)
      conversion.add(SectionExport.Categories(observed, section))
      for prediction in conversion.export.predictions {
        var settings = clusters
        settings.method = prediction.method
        settings.normalization = prediction.normalization ?? clusters.normalization
        do {
          let result = try self.clusters(
            of: section, predictedBy: prediction, settings, isCancelled: isCancelled)
          conversion.add(SectionExport.Categories(result.numbered(like: observed), section))
        } catch  where error != .cancelled {
          // A prediction of few spots is still worth its layer.
          conversion.notes.append("No clusters of \(prediction.method): \(error)")
        }
      }
    }
    if withPicture, let image = section.section.image {
      progress(PredictionProgress(stage: "reading the image", fraction: 0))
      conversion.export.picture = try picture(of: image, side: Conversion.pictureSide)
    }
    return conversion
  }

  /// The whole image, its longer side as asked for or its own where that is shorter.
  func picture(of image: ImageFile, side: Int) throws(WorkbenchError) -> RGBImage {
    let longer = max(image.width, image.height)
    let reduction = ImageFile.reductions.last { longer / $0 >= side } ?? 1
    do {
      return try image.decoded(reducedBy: reduction).shrunk(toSide: side)
    } catch { throw WorkbenchError("\(error)") }
  }
}

extension RGBImage {
  /// The picture with its longer side at most as asked for, each pixel the mean of those it stands
  /// for.
  func shrunk(toSide side: Int) -> RGBImage {
    let longer = max(width, height)
    guard longer > side else { return self }
    let newWidth = max(1, width * side / longer)
    let newHeight = max(1, height * side / longer)
    let source = pixels.span
    var result = RGBImage(width: newWidth, height: newHeight)
    for y in 0..<newHeight {
      let rows =
        y * height / newHeight..<max((y + 1) * height / newHeight, y * height / newHeight + 1)
      for x in 0..<newWidth {
        let first = x * width / newWidth
        let columns = first..<max((x + 1) * width / newWidth, first + 1)
        var (red, green, blue) = (0, 0, 0)
        for row in rows {
          for column in columns {
            let place = (row * width + column) * 3
            red += Int(source[place])
            green += Int(source[place + 1])
            blue += Int(source[place + 2])
          }
        }
        let count = rows.count * columns.count
        func mean(_ sum: Int) -> UInt8 { UInt8((sum + count / 2) / count) }
        result[x, y] = (mean(red), mean(green), mean(blue))
      }
    }
    return result
  }
}
