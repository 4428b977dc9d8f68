import Drawing
import Foundation
import Sections

/// A cohort's results as files in a folder, each written whole or not at all.
///
/// | file | what it holds |
/// |---|---|
/// | `risks.tsv` | a patient a row: slide, time, event, risk, group |
/// | `survival.svg`, `survival.png` | the Kaplan–Meier curves of both groups |
/// | `responses.tsv` | a patient a row: slide, response, what was told, the share of each class |
/// | `report.html` | everything on one page that needs nothing else |
public struct CohortFiles: Sendable {
  private let report: CohortReport
  private let command: [String]

  /// - Parameter command: the words of the command line; empty where there was none.
  public init(_ report: CohortReport, command: [String] = []) {
    self.report = report
    self.command = command
  }

  /// Refuses a folder that has some of a task's files already.
  ///
  /// - Throws: naming the first of them, unless they may be replaced.
  public static func check(
    _ folder: URL, for task: CohortRequest.Task, replacing: Bool
  ) throws(WorkbenchError) {
    guard !replacing else { return }
    for name in names(for: task) {
      let file = folder.appending(path: name)
      guard !FileManager.default.fileExists(atPath: file.path) else {
        throw WorkbenchError("\(file.path) is there already. Take another folder, or pass --force.")
      }
    }
  }

  /// Writes the files, having made all of them.
  ///
  /// - Throws: before anything is written, when one of them is there and may not be replaced.
  public func write(to folder: URL, replacing: Bool) throws(WorkbenchError) {
    try Self.check(folder, for: report.task, replacing: replacing)
    do {
      let page = Array(CohortPage(report, command: command).html.utf8)
      var files = [(report.task == .prognosis ? "risks.tsv" : "responses.tsv", Array(table.utf8))]
      if let picture = report.survivalPicture {
        files.append(("survival.svg", Array(picture.svg().utf8)))
        files.append(
          ("survival.png", Array(try picture.raster(scale: 2, theme: .paper).pngData())))
      }
      files.append(("report.html", page))
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, bytes) in files {
        try writeWhole(bytes, to: folder.appending(path: name), replacing: replacing)
      }
    } catch let error as CocoaError {
      throw WorkbenchError("\(folder.path) cannot be made a folder: \(error.localizedDescription)")
    } catch { throw WorkbenchError("\(error)") }
  }

  private static func names(for task: CohortRequest.Task) -> [String] {
    task == .prognosis
      ? ["risks.tsv", "survival.svg", "survival.png", "report.html"]
      : ["responses.tsv", "report.html"]
  }

  private var table: String {
    let rows: [[String]]
    switch report.result {
    case .prognosis(let result):
      rows =
        [["slide", "time", "event", "risk", "group"]]
        + result.patients.map {
          [
            $0.slide.withoutTabs, "\($0.time)", $0.event ? "1" : "0", number($0.risk),
            $0.group.rawValue,
          ]
        }
    case .response(let result):
      rows =
        [["slide", "response", "told"] + result.classes.map { "share_\($0.withoutTabs)" }]
        + result.patients.map {
          [$0.slide.withoutTabs, $0.response.withoutTabs, $0.predicted.withoutTabs]
            + $0.shares.map(number)
        }
    }
    return rows.map { $0.joined(separator: "\t") + "\n" }.joined()
  }

  private func number(_ value: Double) -> String { String(format: "%.6f", value) }
}

extension CohortReport {
  /// The curves of both groups with the numbers at risk; nil for responses.
  public var survivalPicture: VectorPicture? {
    guard case .prognosis(let result) = result else { return nil }
    return result.curves(timeName: timeName).plot(
      title: "Patients by a risk that their outcomes did not enter"
    ).picture(width: 720)
  }
}
