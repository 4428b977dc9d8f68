import Drawing
import Evaluation
import Foundation
import Sections
import TensorCore
import TestSupport
import Testing

@testable import Workbench

@Suite struct ReportTests {
  let folder: TemporaryFolder
  let workbench: Workbench
  let dataSet: DataSet

  init() throws {
    folder = try TemporaryFolder()
    workbench = PredictTests.workbench(folder)
    dataSet = try DataSet(opening: SharedFiles.sampleData)
  }

  /// A section of the sample, without its labels and image where they are not wanted.
  func section(_ name: String, isBare: Bool = false) throws -> LoadedSection {
    let loaded = try workbench.load(try dataSet.reference(named: name), of: dataSet)
    guard isBare else { return loaded }
    var section = loaded.section
    section.annotations = []
    section.image = nil
    return LoadedSection(section: section, panel: nil, normalization: .released)
  }

  /// What was observed of the first genes and some noise; less of each gene than of the one before.
  func prediction(
    _ method: String, on section: LoadedSection, noise: Float, genes: Int = 12,
    _ normalization: Normalization = .scanpy, origin: PredictionOrigin? = nil
  ) -> Prediction {
    let expression = section.expression(normalization)
    var generator = SeededGenerator(seed: UInt64(method.count))
    let values = (0..<genes).flatMap { gene in
      expression.values(ofGene: gene).map {
        $0 + noise * Float(gene + 1) * Float.random(in: -1...1, using: &generator)
      }
    }
    return Prediction(
      method: method, genes: Array(section.section.genes.prefix(genes)),
      spotCount: section.section.spots.count, values: values, normalization: normalization,
      origin: origin)
  }

  struct Made {
    var report: EvaluationReport
    var material: ReportMaterial
    var page: String { HTMLReport(report, material, command: ["eosin", "it's & <so>"]).html }
  }

  /// Scores predictions section by section and collects what figures need.
  func made(
    _ sections: [LoadedSection], _ predictions: (LoadedSection) -> [Prediction],
    _ change: (inout EvaluationSettings) -> Void = { _ in }
  ) throws -> Made {
    var settings = EvaluationSettings()
    settings.bootstrapReplicates = 60
    settings.attainableRepeats = 3
    settings.clusterSeeds = [0, 1]
    change(&settings)
    let methods = predictions(sections[0]).map {
      Method(name: $0.method, source: .table(URL(filePath: "/nowhere/{section}.tsv")))
    }
    let plan = try EvaluationPlan(
      of: dataSet, sections: try sections.map { try dataSet.reference(named: $0.section.name) },
      methods: methods, panel: nil, normalization: .released, settings: settings)
    let scores = try sections.map {
      try workbench.scores(of: predictions($0), on: $0, plan)
    }
    let report = EvaluationReport(scores, of: plan)
    let chosen = BestGenes(in: report).genes
    let parts = try zip(sections, scores).map { section, scores in
      try workbench.part(
        of: section, predictions(section), scores, plan, chosen, Set(ReportFigure.allCases))
    }
    return Made(report: report, material: ReportMaterial(parts))
  }

  func two(_ section: LoadedSection) -> [Prediction] {
    [
      prediction("good", on: section, noise: 0.1),
      prediction("<poor> & \"so\"", on: section, noise: 1),
    ]
  }

  // MARK: The page

  @Test func `the page closes what it opens, and asks for nothing from elsewhere`() throws {
    let page = try made([section("P1"), section("Q1")], two).page
    #expect(PageCheck.problem(in: page) == nil)
    let namespaces = page.replacing("http://www.w3.org/2000/svg", with: "")
    for sign in ["http:", "https:", " src=", "@import", "url(", "<link", "NaN", "inf\"", "nan\""] {
      #expect(!namespaces.contains(sign), "\(sign)")
    }
    #expect(page.contains("default-src 'none'"))
    for figure in ReportFigure.allCases {
      #expect(page.contains("<section id=\"\(figure.rawValue)\">"))
      #expect(page.contains("href=\"#\(figure.rawValue)\""))
    }
    #expect(!page.contains("is left out."))
  }

  @Test func `names are escaped wherever they stand`() throws {
    let page = try made([section("Q1")], two).page
    #expect(page.contains("&lt;poor&gt; &amp; &quot;so&quot;"))
    #expect(!page.contains("<poor>"))
    #expect(page.contains("<pre>eosin &#39;it&#39;\\&#39;&#39;s &amp; &lt;so&gt;&#39;</pre>"))
  }

  @Test func `the same evaluation makes the same page`() throws {
    let sections = [try section("Q1")]
    #expect(try made(sections, two).page == (try made(sections, two).page))
  }

  @Test func `the table of scores has the report's numbers`() throws {
    let made = try made([section("P1"), section("Q1")], two)
    let page = made.page
    for row in made.report.summaries {
      let mean = String(format: "<b>%.3f</b>", try #require(row.correlation.mean))
      #expect(page.contains(mean), "\(row.method) on \(row.section ?? "all"): \(mean)")
      let attainable = try #require(row.attainable)
      #expect(page.contains(String(format: ">%.3f</td>", attainable.attainable)))
      #expect(page.contains(String(format: ">%.0f %%</td>", attainable.share * 100)))
    }
    // One normalization, one column for what is attainable.
    #expect(page.components(separatedBy: "class=\"number\">attainable</th>").count == 2)
    #expect(page.contains("Counts are a sample of what is there"))
    let pair = try #require(made.report.comparisons.first)
    #expect(page.contains("good − &lt;poor&gt;"))
    #expect(page.contains(">\(pair.genes.won)</td>"))
  }

  @Test func `methods of different normalizations have attainable columns of their own`() throws {
    let page = try made([section("Q1")]) {
      [
        self.prediction("one", on: $0, noise: 0.1),
        self.prediction("two", on: $0, noise: 0.1, .published),
      ]
    }.page
    #expect(page.components(separatedBy: "class=\"number\">attainable</th>").count == 3)
  }

  @Test func `a model that saw the patient is marked`() throws {
    var origin = PredictionOrigin(summary: "trained on Q2")
    origin.trainedOn = [.init(section: "Q2", patient: "Q")]
    let page = try made([section("Q1")]) {
      [self.prediction("seen", on: $0, noise: 0.1, origin: origin)]
    }.page
    #expect(page.contains("<span class=\"mark\">†</span>"))
    #expect(page.contains("class=\"standing warning\">patient Q seen in training</p>"))
    #expect(page.contains("saw this section or others of the same patient"))
    let other = try made([section("Q1")], two).page
    #expect(!other.contains("<span class=\"mark\">"))
  }

  // MARK: Genes

  private struct GeneData: Decodable {
    struct View: Decodable {
      var name: String
      var columns: [[Double?]]
    }
    var genes: [String]
    var facts: Int
    var order: Int
    var views: [View]
  }

  @Test func `the data of the table of genes are all sections' and their means`() throws {
    let made = try made([section("P1"), section("Q1")], two)
    let found = made.page.firstMatch(
      of: /<script type="application\/json" id="gene-data">(.*?)<\/script>/)
    let text = try #require(found).1
    let data = try JSONDecoder().decode(GeneData.self, from: Data(text.utf8))
    #expect(data.views.map(\.name) == ["mean over sections", "P1", "Q1"])
    #expect(data.genes == data.genes.sorted() && data.genes.count == 12)
    #expect(data.views.allSatisfy { $0.columns.count == data.facts + 2 })
    // The better method decides the order at first.
    #expect(data.order == data.facts)
    let section = made.report.sections[1]
    let gene = try #require(section.genes.first)
    let place = try #require(data.genes.firstIndex(of: gene))
    let r = try #require(section.method("good")).values(.pearson)[0]
    let stored = try #require(data.views[2].columns[data.facts][place])
    #expect(abs(stored / 1000 - r) <= 0.0005)
    let means = try #require(data.views[0].columns[data.facts][place])
    let both = data.views[1...].compactMap { $0.columns[data.facts][place] }
    #expect(abs(means - both.reduce(0, +) / 2) <= 1)
  }

  @Test func `names in the data cannot end the script`() throws {
    var section = try section("Q1").section
    section.genes[0] = "</script><b>\"\\\u{2028}"
    let odd = LoadedSection(section: section, panel: nil, normalization: .released)
    let page = try made([odd], two).page
    #expect(!page.contains("</script><b>"))
    #expect(page.contains("\"\\u003c/script\\u003e\\u003cb\\u003e\\\"\\\\\\u2028\""))
    #expect(PageCheck.problem(in: page) == nil)
  }

  @Test func `the best genes are those with the highest mean exponent, where they are best`() throws
  {
    let made = try made([section("P1"), section("Q1")], two)
    let best = BestGenes(in: made.report).genes
    #expect(best.count == 4 && best.allSatisfy { $0.method == "good" })
    #expect(best.map(\.score) == best.map(\.score).sorted(by: >))
    for choice in best {
      let exponents = try made.report.sections.map { section in
        let place = try #require(section.genes.firstIndex(of: choice.gene))
        return try #require(section.method("good")).values(.pearsonMinusLog10P)[place]
      }
      #expect(abs(choice.score - exponents.reduce(0, +) / 2) < 1e-9)
      let highest = try #require(exponents.indices.max { exponents[$0] < exponents[$1] })
      #expect(choice.section == made.report.sections[highest].section)
    }
  }

  // MARK: Figures

  @Test func `figures that cannot be drawn are left out with the reason`() throws {
    let bare = try section("Q1", isBare: true)
    let page = try made([bare]) { [self.prediction("only", on: $0, noise: 0.1)] }.page
    #expect(page.contains("No section has a pathologist&#39;s labels of two regions or more"))
    #expect(page.contains("There are no two methods scored on the same section to compare."))
    #expect(page.contains("<svg") && !page.contains("<image"))
    let none = try made([bare], { _ in [] }).page
    #expect(none.contains("No method was scored. This is what there is to predict."))
    #expect(none.contains("No method was scored, so no gene is predicted."))
    let quick = try made([section("Q1")], two) { $0.clusterSeeds = [] }.page
    #expect(quick.contains("Clusters were left out: no seeds were asked for."))
    for text in [page, none, quick] { #expect(PageCheck.problem(in: text) == nil) }
  }

  @Test(arguments: ReportFigure.allCases)
  func `every figure is one picture too, with its title and words`(figure: ReportFigure) throws {
    let made = try made([section("P1"), section("Q1")], two)
    let picture = try figure.picture(of: made.report, made.material, width: 700)
    #expect(picture.width <= 701 && picture.height > 100)
    #expect(picture.shapes.count > 10)
    let parts = try figure.parts(of: made.report, made.material, width: 700)
    #expect(parts.allSatisfy { !$0.title.isEmpty || !$0.summary.isEmpty })
    #expect(parts.count == (figure == .genes ? 4 : figure == .clusters ? 2 : 1))
  }

  @Test func `models without parts stand below the whole one in its colour`() throws {
    var whole = PredictionOrigin(summary: "whole")
    whole.model = "THItoGene"
    var part = whole
    part.without = ["capsules"]
    let made = try made([section("Q1")]) {
      [
        self.prediction("cut", on: $0, noise: 0.5, origin: part),
        self.prediction("other", on: $0, noise: 0.5),
        self.prediction("full", on: $0, noise: 0.1, origin: whole),
      ]
    }
    let chart = try AblationBars(of: made.report).chart
    #expect(chart.groups.map(\.name) == ["THItoGene", ""])
    #expect(chart.groups[0].bars.map(\.name) == ["full", "cut (without capsules)"])
    #expect(chart.groups[0].bars.map(\.isVariant) == [false, true])
    #expect(Set(chart.groups[0].bars.map(\.series)).count == 1)
    #expect(chart.groups[1].bars[0].series != chart.groups[0].bars[0].series)
    let interval = try #require(chart.groups[0].bars[0].interval)
    #expect(interval.contains(chart.groups[0].bars[0].value))
  }

  @Test func `regions differ by the means of their spots, undetermined ones aside`() throws {
    var section = try section("Q1").section
    let spots = section.spots.count
    // Six spots of each region, the rest undetermined.
    let names = (0..<spots).map { $0 < 6 ? "a" : $0 < 12 ? "b" : "undetermined" }
    section.annotations = [Annotation(name: Annotation.pathologist, labels: names)]
    let loaded = LoadedSection(section: section, panel: nil, normalization: .raw)
    let gene = section.genes[0]
    let values = (0..<spots).map { Float($0) }
    let prediction = Prediction(
      method: "ramp", genes: [gene], spotCount: spots, values: values, normalization: .raw)
    let contrasts = loaded.regionContrasts([prediction], genes: [gene, "none"], .raw)
    #expect(contrasts.map(\.region) == ["a", "b"] && contrasts.map(\.spots) == [6, 6])
    // Means 2.5 and 8.5.
    #expect(contrasts[0].predicted["ramp"]?[0] == -6 && contrasts[1].predicted["ramp"]?[0] == 6)
    #expect(contrasts[0].predicted["ramp"]?[1].isNaN == true)
    let counts = section.counts.values(ofGene: 0).prefix(12).map(Double.init)
    let difference = (counts[..<6].reduce(0, +) - counts[6...].reduce(0, +)) / 6
    #expect(abs(contrasts[0].observed[0] - difference) < 1e-6)
  }

  @Test func `clusters wear the colours of the regions they match`() throws {
    let made = try made([section("Q1")], two)
    let part = try #require(made.material.part("Q1"))
    #expect(part.clusters.map(\.source) == ["observed", "good", "<poor> & \"so\""])
    let labels = try #require(part.labels).settledCategories
    let observed = part.clusters[0].regionOfSpot
    let agreeing = zip(observed, labels).count { $0 != nil && $0 == $1 }
    // The sample's regions are plain to see in its counts.
    #expect(agreeing * 10 > 8 * labels.count { $0 != nil })
    #expect(zip(observed, labels).allSatisfy { ($0 == nil) == ($1 == nil) })
  }

  @Test func `a region has one colour on all sections`() throws {
    var other = try section("P1").section
    let labels = try #require(other.labels)
    // Without the first region the others would move up among the colours.
    let names = other.spots.indices.map { spot in
      labels.label(ofSpot: spot).flatMap { $0 == labels.categories[0] ? nil : $0 }
    }
    other.annotations = [Annotation(name: Annotation.pathologist, labels: names)]
    let moved = LoadedSection(section: other, panel: nil, normalization: .released)
    let made = try made([section("Q1"), moved], two)
    let pictures = try ClusterPanels(of: made.report, made.material).pictures(width: 700)
    let swatches = pictures.map { picture in
      var colors: [String: Paint] = [:]
      var last: Paint?
      for shape in picture.shapes {
        if case .rectangle = shape.geometry { last = shape.fill }
        if case .label(let label) = shape.geometry, labels.categories.contains(label.text) {
          colors[label.text] = last
        }
      }
      return colors
    }
    #expect(swatches[1].count >= 3 && swatches[0].count > swatches[1].count)
    #expect(swatches[1].allSatisfy { swatches[0][$0.key] == $0.value })
  }
}

/// Whether a page's tags are in order.
private enum PageCheck {
  private static let void: Set<Substring> = ["meta", "input", "br", "hr", "img", "link"]

  static func problem(in page: String) -> String? {
    // What stands in scripts and styles is no markup.
    let text = page.replacing(/(?s)<(script|style)([^>]*)>.*?<\/(script|style)>/) { match in
      "<\(match.1)\(match.2)></\(match.3)>"
    }
    var open: [Substring] = []
    for tag in text.matches(of: /<(\/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>/) {
      if tag.1 == "/" {
        guard let last = open.popLast() else { return "</\(tag.2)> closes nothing" }
        if last != tag.2 { return "</\(tag.2)> closes <\(last)>" }
      } else if !tag.3.hasSuffix("/") && !void.contains(tag.2) {
        open.append(tag.2)
      }
    }
    let bare = text.replacing(/<[!\/a-zA-Z][^<>]*>/, with: "")
      .replacing(/&(amp|lt|gt|quot|#39);/, with: "")
    if let place = bare.firstIndex(where: { $0 == "<" || $0 == "&" }) {
      return "a bare sign: \(bare[place...].prefix(40))"
    }
    return open.last.map { "<\($0)> is not closed" }
  }
}
