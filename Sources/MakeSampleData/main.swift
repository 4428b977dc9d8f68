import Foundation

let defaultSeed: UInt64 = 20_240_521
let usage = "usage: make-sample-data [--seed N] OUTPUT_FOLDER"

/// What was asked for on the command line, or nil when it makes no sense.
func parse(_ arguments: [String]) -> (seed: UInt64, folder: URL)? {
  var seed = defaultSeed
  var folder: URL?
  var rest = arguments[...]
  while let argument = rest.popFirst() {
    if argument == "--seed" {
      guard let number = rest.popFirst().flatMap(UInt64.init) else { return nil }
      seed = number
    } else if folder == nil, !argument.hasPrefix("-") {
      folder = URL(filePath: argument)
    } else {
      return nil
    }
  }
  return folder.map { (seed, $0) }
}

func complain(_ sentence: String) {
  FileHandle.standardError.write(Data((sentence + "\n").utf8))
}

guard let (seed, folder) = parse(Array(CommandLine.arguments.dropFirst())) else {
  complain(usage)
  exit(2)
}
do {
  let writer = SampleWriter(folder: folder)
  let model = GeneModel(genes: GenePanel.genes, seed: seed)
  var sections: [SampleSection] = []
  for specification in SectionSpecification.all {
    let section = SampleSection(specification, model: model, seed: seed)
    try writer.write(section)
    sections.append(section)
    print("\(specification.name): \(section.spots.count) spots, \(section.genes.count) genes")
  }
  let lists = [
    "gene-sets.gmt": SampleGeneLists.geneSets(seed: seed),
    "gene-positions.tsv": SampleGeneLists.positions(seed: seed),
  ]
  for (name, text) in lists { try writer.write(Data(text.utf8), to: folder.appending(path: name)) }
  let cohort = SampleCohort(seed: seed)
  try writer.write(cohort)
  print(
    "cohort: \(cohort.patients.count) slides, \(cohort.patients.count(where: \.hasEvent)) events")
  let readme = SampleReadme.text(sections: sections, cohort: cohort, seed: seed)
  try writer.write(Data(readme.utf8), to: folder.appending(path: "README.md"))
  print("seed \(seed)")
} catch {
  complain("make-sample-data: \(error)")
  exit(1)
}
