import Foundation
import TestSupport
import Testing
import Workbench

@Suite struct InfoTests {
  @Test func `the sample data set is listed`() throws {
    let outcome = try Program.run(["info"])
    #expect(outcome.status == .exited(0))
    #expect(outcome.error == "")
    // Its models, if it has any, stand between the sections and the last line.
    #expect(
      outcome.output.hasPrefix(
        """
        SampleData: 3 sections of 2 patients, format st
          P1 patient P · spots · image · labels
          P2 patient P · spots · image · labels
          Q1 patient Q · spots · image · labels

        """))
    #expect(outcome.output.hasSuffix("\nTell more with --section NAME.\n"))
  }

  @Test func `a section is told in lines and as JSON`() throws {
    let text = try Program.run(["info", "--section", "p2", SharedFiles.sampleData.path])
    #expect(text.status == .exited(0))
    #expect(text.output.hasPrefix("Section P2 of patient P: ST, format st\n  spots    239, 103 px"))
    #expect(text.output.contains("  image    2,200 × 2,200 px; every spot lies on it\n"))
    #expect(text.output.contains("  joined   239 of 240 count rows and 240 spots\n"))
    #expect(text.output.contains("  note     1 spot left out: no counts.\n"))

    let json = try Program.run(["info", "-s", "P2", "--json"])
    let info = try JSONDecoder().decode(SectionInfo.self, from: Data(json.output.utf8))
    #expect(info.spots == 239 && info.genes == 167 && info.image?.spotsOutside == 0)
    #expect(info.labels?.values.reduce(0, +) == 239)
    #expect(info.join?.countRowsWithoutSpot == 1 && info.notes.count == 3)
    #expect(info.text == text.output.trimmingCharacters(in: .newlines))
  }

  @Test func `the list of sections is decoded from JSON`() throws {
    let json = try Program.run(["info", "--json"])
    let info = try JSONDecoder().decode(DataSetInfo.self, from: Data(json.output.utf8))
    #expect(info.sections.map(\.name) == ["P1", "P2", "Q1"])
    #expect(info.sections.allSatisfy { $0.hasImage && $0.hasLabels && $0.hasSpots })
  }

  @Test func `files of one section need no folder`() throws {
    let folder = try TemporaryFolder()
    let outcome = try Program.run(
      ["info", "--counts", folder.write("\tA\tB\n1x1\t3\t4\n2x1\t0\t5\n", to: "Z3.tsv")])
    #expect(outcome.status == .exited(0))
    #expect(
      outcome.output == """
        Section Z3 of patient Z: ST, format st
          spots    2, 1 px apart
          genes    2, 2 seen at the median spot
          counts   12 in all, 7 at the median spot
          image    none
          labels   none
          joined   2 of 2 count rows and 2 spots
          note     No table of spots: positions are array columns and rows, not pixels.
          file     \(folder.path("Z3.tsv"))

        """)
  }

  @Test func `the sample data may lie where EOSIN_DATA says`() throws {
    let folder = try TemporaryFolder()
    try folder.write("\tA\n1x1\t3\n", to: "SampleData/data/ST-cnts/X1.tsv")
    let outcome = try Program.run(["info"], environment: ["EOSIN_DATA": folder.url.path])
    #expect(outcome.output.hasPrefix("Section X1 of patient X"), "\(outcome.everything)")
  }

  @Test func `what is written to a full disk is a failure`() throws {
    let outcome = try Program.run(["info"], output: "/dev/full")
    #expect(outcome.status == .exited(1))
    #expect(
      outcome.error
        == "eosin: standard output cannot be written: No space left on device.\n")
  }

  @Test func `lists of genes are told of, one by one or a folder of them`() throws {
    let folder = try TemporaryFolder()
    let list = try folder.write("FASN\nGNAS\n", to: "lists/few.txt")
    let one = try Program.run(["info", list])
    #expect(one.status == .exited(0))
    #expect(
      one.output
        == "Panel few: 2 genes, for --panel\n  genes    FASN, GNAS\n  file     \(list)\n")
    try folder.write("A\n", to: "lists/one.txt")
    let all = try Program.run(["info", "--json", folder.path("lists")])
    let panels = try JSONDecoder().decode([PanelInfo].self, from: Data(all.output.utf8))
    #expect(panels.map(\.name) == ["few", "one"] && panels[1].genes == ["A"])
  }

  @Test func `how spots lie on the image is told, and asked for by options`() throws {
    let turned = try Program.run(["info", "-s", "Q1", "--rotate", "180"])
    #expect(turned.status == .exited(0))
    #expect(turned.output.contains("  placed   at scale 1 (full), --flip-x --flip-y\n"))
    let small = try Program.run(["info", "-s", "Q1", "--image-scale", "0.05"])
    #expect(small.output.contains("  note     The spots take only 0.1"))
    #expect(small.output.contains(" would lie on it.\n"))
    for (options, problem) in [
      (["--rotate", "45"], "--rotate takes 90, 180 or 270, not 45."),
      (["--image-scale", "0"], "--image-scale takes a number above 0, not 0."),
      (["--memory", "0"], "--memory takes a number of gigabytes above 0, not 0.0."),
    ] {
      let outcome = try Program.run(["info"] + options)
      #expect(outcome.status == .exited(2) && outcome.error.contains(problem))
    }
    let unknown = try Program.run(["info", "-s", "Q1", "--image-scale", "medium"])
    #expect(unknown.status == .exited(1))
    #expect(unknown.error.contains("has no image scale 'medium'. It has 'full';"))
  }
}
