import Foundation
import Models
import Sections

/// The checkpoints that lie in a data set's folder `models`: what a viewer compares when nobody
/// names a method.
///
/// Only their headers are read, so that a screen need not wait for the weights.
public struct StoredModels: Sendable {
  /// One checkpoint.
  public struct Entry: Sendable, Hashable, Codable {
    /// The model's title, and a number behind it where there are several of one model.
    public let name: String
    /// The model's name in the catalog.
    public let model: String
    /// The checkpoint's path.
    public let file: String
    /// The sections that it was not trained on, as far as the file tells.
    public let heldOut: [String]
    /// How it was trained, as far as the file tells.
    public let trainingProtocol: String
  }

  /// In the order of the catalog, those of one model by the names of their files.
  public let entries: [Entry]
  /// Why files are left out, one sentence or two each.
  public let problems: [String]

  /// Reads the headers of a data set's checkpoints.
  public init(of dataSet: DataSet) {
    var found: [(url: URL, place: Int, checkpoint: Checkpoint)] = []
    var problems: [String] = []
    for url in dataSet.models {
      do {
        let checkpoint = try Checkpoint(reading: url)
        let entry = try checkpoint.entry(file: url.path)
        let place = modelCatalog.firstIndex { $0.name == entry.name } ?? modelCatalog.endIndex
        found.append((url, place, checkpoint))
      } catch {
        // Those for tumour regions are no methods: --tumour names them.
        if !TumourCheckpoint.isOne(url) { problems.append(error.description) }
      }
    }
    var names = UniqueNames()
    entries = found.sorted { ($0.place, $0.url.path) < ($1.place, $1.url.path) }.map { found in
      let entry = modelCatalog[found.place]
      return Entry(
        name: names.take(entry.title), model: entry.name, file: found.url.path,
        heldOut: found.checkpoint.heldOutSections,
        trainingProtocol: found.checkpoint.protocolSummary)
    }
    self.problems = problems
  }

  /// The checkpoints as methods.
  public var methods: [Method] {
    entries.map { Method(name: $0.name, source: .checkpoint(URL(filePath: $0.file))) }
  }

  /// The section to look at first: of those that most of the models were not trained on, the first.
  ///
  /// Nil where no model tells of a section that is here.
  public func sectionHeldOut(among sections: [SectionReference]) -> SectionReference? {
    let votes = sections.map { section in entries.count { $0.heldOut.contains(section.name) } }
    guard let most = votes.max(), most > 0 else { return nil }
    return votes.firstIndex(of: most).map { sections[$0] }
  }
}

/// Names that differ from each other: one that is taken gets a number behind it.
public struct UniqueNames: Sendable {
  private var taken: Set<String>

  /// Begins with the names that are taken already.
  public init(taken: some Sequence<String> = []) { self.taken = Set(taken) }

  /// The name itself, or with the first number behind it that is free.
  public mutating func take(_ wanted: String) -> String {
    var name = wanted
    var number = 1
    while !taken.insert(name).inserted {
      number += 1
      name = "\(wanted) \(number)"
    }
    return name
  }
}
