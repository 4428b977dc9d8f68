import Foundation
import Sections
import Synchronization
import Viewer
import Workbench

/// Does what the viewer asks for: each effect is one call of the workbench and answers with one
/// event. The same for the terminal, where effects run beside it, and for static frames.
final class EffectPerformer: Sendable {
  private let dataSet: DataSet
  private let panel: Panel?
  private let workbench = Workbench()
  /// The section read last; effects that name it are about this one.
  private let current = Mutex<(index: Int, section: LoadedSection)?>(nil)

  init(dataSet: DataSet, panel: Panel?) {
    self.dataSet = dataSet
    self.panel = panel
  }

  /// Does one effect; nil for those that are not the workbench's, and for late ones.
  func perform(
    _ effect: ViewerEffect, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) -> ViewerEvent? {
    switch effect {
    case .load(let index):
      do {
        let section = try workbench.load(dataSet.sections[index], of: dataSet, panel: panel)
        current.withLock { $0 = (index, section) }
        return .sectionLoaded(index, section)
      } catch { return .sectionFailed(index, "\(error)") }
    case .readImage(let index):
      guard let image = section(index)?.section.image else { return nil }
      do { return .imageRead(index, try workbench.picture(of: image)) } catch {
        return .imageFailed(index, "\(error)")
      }
    case .readDetail(let index, let area, let reduction):
      guard let image = section(index)?.section.image else { return nil }
      do {
        return .detailRead(index, try workbench.detail(of: image, area, reducedBy: reduction))
      } catch { return .imageFailed(index, "\(error)") }
    case .summarize(let index, let normalization):
      guard let section = section(index) else { return nil }
      return .summarized(index, normalization, workbench.statistics(of: section, normalization))
    case .computeMoransI(let index, let normalization):
      guard let section = section(index) else { return nil }
      return .moransIComputed(index, normalization, workbench.moransI(of: section, normalization))
    case .cluster(let index, let settings):
      guard let section = section(index) else { return nil }
      do {
        return .clustered(
          index, try workbench.clusters(of: section, settings, isCancelled: isCancelled))
      } catch { return error == .cancelled ? nil : .clusteringFailed(index, "\(error)") }
    case .export(let request): return export(request)
    case .quit, .suspend, .redraw, .copy, .remember: return nil
    }
  }

  private func section(_ index: Int) -> LoadedSection? {
    current.withLock { $0?.index == index ? $0?.section : nil }
  }

  private func export(_ request: ExportRequest) -> ViewerEvent {
    guard let section = section(request.section) else {
      return .exportFailed("The section has changed; export again.")
    }
    // `~` is the shell's business elsewhere; here nobody else would expand it.
    let file = URL(filePath: (request.path as NSString).expandingTildeInPath)
    if !request.replacing, FileManager.default.fileExists(atPath: file.path) {
      return .exportWouldReplace(request)
    }
    let export = ClusterExport(
      section: section, clusterOfSpot: request.clusterOfSpot, letters: request.letters,
      names: request.names)
    do {
      try export.write(as: request.format, to: file, replacing: request.replacing)
      return .exported(request.path)
    } catch { return .exportFailed("\(error)") }
  }
}
