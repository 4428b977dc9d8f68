import Drawing
import Evaluation
import Foundation
import Sections

/// An evaluation as one page that needs nothing else: cards, tables, figures and every gene.
///
/// The page asks no network for anything, follows bright and dark surroundings, and prints. It says
/// how its numbers came about but not when, so that the same evaluation gives the same bytes.
public struct HTMLReport: Sendable {
  let report: EvaluationReport
  let material: ReportMaterial
  let additions: ReportAdditions
  let command: String

  /// Takes what is shown.
  ///
  /// - Parameters:
  ///   - additions: gene sets and copy numbers, where files for them were given.
  ///   - command: the words of the command line that made it; empty where there was none.
  public init(
    _ report: EvaluationReport, _ material: ReportMaterial,
    additions: ReportAdditions = ReportAdditions(), command: [String]
  ) {
    self.report = report
    self.material = material
    self.additions = additions
    self.command = command.map(\.quotedForShell).joined(separator: " ")
  }

  /// The whole page.
  public var html: String {
    let title = "\(report.dataSet) — Eosin evaluation"
    return Markup.page(
      title: title, version: report.version, runsScripts: true,
      body: """
        \(header)
        <main>
        \(cards)
        \(methodTables)
        \(neighbourTable)
        \(ReportFigure.allCases.map(figure))
        \(additionSections)\(geneTable)
        </main>
        \(footer)
        """
    ).text
  }

  /// Writes the page whole or not at all.
  ///
  /// - Throws: when the file is there and is not to be replaced, or cannot be written.
  public func write(to file: URL, replacing: Bool) throws(SectionError) {
    try writeWhole(Array(html.utf8), to: file, replacing: replacing)
  }

  // MARK: Top and bottom

  private var header: Markup {
    let counts = [
      "\(report.methods.count) \(report.methods.count == 1 ? "method" : "methods")",
      "\(report.sections.count) \(report.sections.count == 1 ? "section" : "sections")",
      "\(geneNames.count.grouped) genes",
    ].joined(separator: " · ")
    let anchors = ReportFigure.allCases.map { ($0.rawValue, $0.heading) }
    let links =
      ([("cards", "Protocol"), ("scores", "Scores")]
      + (report.consistency.isEmpty ? [] : [("neighbours", "Neighbours")]) + anchors
      + additionAnchors
      + [("gene-table", "Genes")])
      .map { anchor, name -> Markup in "<a href=\"#\(anchor)\">\(name)</a>\n" }
    return """
      <header>
      <p class="eyebrow">Eosin evaluation</p>
      <h1>\(report.dataSet)</h1>
      <p class="lead">\(counts)</p>
      <nav aria-label="Parts of this page">\(links)</nav>
      </header>
      """
  }

  private var footer: Markup {
    let sections = report.sections.map { section -> Markup in
      "<tr><th scope=\"row\">\(section.section)</th><td>\(section.patient)</td>"
        + "<td class=\"number\">\(section.spots.grouped)</td>"
        + "<td><code>\(section.fingerprint)</code></td></tr>\n"
    }
    let seeds = report.settings.clusterSeeds.map(String.init).joined(separator: ", ")
    let notes = report.sections.flatMap { section in
      section.notes.map { "\(section.section): \($0)" }
        + section.methods.flatMap { columns in
          columns.notes.map { "\(columns.method) on \(section.section): \($0)" }
        }
    }
    let list: Markup =
      notes.isEmpty
      ? "" : "<ul>\(notes.map { note -> Markup in "<li>\(note)</li>\n" })</ul>"
    let made: Markup = command.isEmpty ? "" : "<p>Made by</p><pre>\(command)</pre>"
    return """
      <footer>
      <h2>How this page was made</h2>
      \(made)
      <p>Eosin \(report.version), format \(report.format), seed of the evaluation \
      \(report.settings.seed)\(seeds.isEmpty ? "" : ", seeds of clusters \(seeds)").</p>
      <div class="scroll"><table>
      <thead><tr><th scope="col">section</th><th scope="col">patient</th>\
      <th scope="col" class="number">spots</th><th scope="col">fingerprint of spots, genes and \
      counts</th></tr></thead>
      <tbody>
      \(sections)</tbody>
      </table></div>
      \(list)
      </footer>
      """
  }

  // MARK: Figures

  private func figure(_ figure: ReportFigure) -> Markup {
    let number = (ReportFigure.allCases.firstIndex(of: figure) ?? 0) + 1
    let body: Markup
    do throws(ReportFigure.Absence) {
      let parts = try figure.parts(of: report, material, width: ReportStyle.figureWidth)
      let pictures = parts.map { Markup(verbatim: "<div>\($0.svg(.page))</div>\n") }
      body = """
        <figure>
        \(pictures)<figcaption><b>Figure \(number).</b> \(caption(figure))</figcaption>
        </figure>
        """
    } catch {
      body = "<p class=\"absent\">Figure \(number) is left out. \(error)</p>"
    }
    return """
      <section id="\(figure.rawValue)">
      <h2>\(figure.heading)</h2>
      \(body)\(figure == .paired ? pairedTable : "")
      </section>
      """
  }
}

extension HTMLReport {
  /// Every gene that some section has, in the order of their names.
  var geneNames: [String] { Set(report.sections.flatMap(\.genes)).sorted() }
}

extension String {
  /// The word as a shell takes it for one.
  var quotedForShell: String {
    let plain =
      !isEmpty
      && allSatisfy { character in
        character.isASCII
          && (character.isLetter || character.isNumber || "-_./=:,@%+".contains(character))
      }
    return plain ? self : "'\(replacingOccurrences(of: "'", with: "'\\''"))'"
  }
}
