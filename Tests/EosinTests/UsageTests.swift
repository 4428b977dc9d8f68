import TestSupport
import Testing

/// What is said of arguments, and with which exit status.
@Suite struct UsageTests {
  @Test(arguments: [[], ["view"], ["info"], ["genes"], ["cluster"], ["render"]])
  func `help is printed`(command: [String]) throws {
    let outcome = try Program.run(command + ["--help"])
    #expect(outcome.status == .exited(0) && outcome.error == "")
    #expect(outcome.output.contains("USAGE: \((["eosin"] + command).joined(separator: " ")) "))
    #expect(command.isEmpty || outcome.output.contains("--section <section>"))
  }

  @Test func `the version is printed`() throws {
    let outcome = try Program.run(["--version"])
    #expect(outcome.status == .exited(0) && outcome.output.contains(/^\d+\.\d+\.\d+\n$/))
  }

  @Test(arguments: [
    (["info", "--nonsense"], "Unknown option '--nonsense'"),
    (["--nonsense"], "Unknown option '--nonsense'"),
    (["clsuter", "SampleData"], "Unexpected argument 'SampleData'"),
    (["train", "ridge", "--hold-out", "P1"], "Name what to write with --output, or add"),
    (
      ["train", "--hold-out", "P1", "-o", "a"],
      "Name the model: thitogene, histogene, hist2st, stnet, hist, hespotex, ridge"
    ),
    (["train", "histogene", "-o", "a", "--epochs", "0"], "--epochs takes a number from 1 on."),
    (["train", "histogene", "-o", "a", "--learning-rate=-1"], "takes a number above 0, such as"),
    (["train", "histogene", "-o", "a", "--monitor"], "name some with --hold-out."),
    (["train", "histogene", "-o", "a", "--resume", "--force"], "give one."),
    (
      ["train", "ridge", "-o", "a", "--panel", "a.txt", "--genes", "5"],
      "--panel names the genes; --genes and --min-spots choose them."
    ),
    (["info", "--section"], "Missing value for '--section <section>'"),
    (["cluster", "-k"], "Missing value for '-k <clusters>'"),
    (["cluster", "-k", "four"], "The value 'four' is invalid for '-k <clusters>'"),
    (["cluster", "-k", "1"], "--clusters takes a number from 2 on."),
    (["cluster", "--components", "0"], "--components takes a number from 1 on."),
    (["cluster", "--restarts", "0"], "--restarts takes a number from 1 on."),
    (["cluster", "--format", "xlsx"], "The value 'xlsx' is invalid for '--format <format>'"),
    (
      ["genes", "--by", "size"],
      "Please provide one of 'name', 'mean', 'variance', 'morans-i' or 'attainable'."
    ),
    (["genes", "--top=-1"], "--top takes a number from 0 on."),
    (
      ["info", "--normalization", "tpm"],
      "There is no normalization 'tpm'. Choose one of released, published, scanpy, stnet, log1p, "
        + "hespotex, raw."
    ),
    (["view", "--size", "10"], "--size takes columns and rows such as 120x40, not '10'."),
    (["view", "--size", "0x9"], "--size takes columns and rows such as 120x40, not '0x9'."),
    (["view", "--size", "9x1001"], "--size takes columns and rows such as 120x40, not '9x1001'."),
    (["view", "--color", "1"], "--color takes 24bit, 256, 16, 8, mono or auto, not '1'."),
    (["view", "--theme", "solar"], "There is no theme 'solar'. Choose one of eosin-dark,"),
    (["render", "--side", "3"], "--side takes a number of pixels from 64 to 8192."),
    (["render", "--ramp", "jet"], "There is no ramp 'jet'. Choose one of viridis,"),
    (
      ["render", "--show", "cells"],
      "There is no panel 'cells'. Choose from image, observed, difference,"
    ),
    (["render", "-k", "27"], "--clusters takes a number from 2 to 26."),
    (["inof"], "There is no folder 'inof' and no such command. Did you mean 'eosin info'?"),
    (["info", "--spots", "x.tsv"], "--spots and --labels go with --counts."),
    (["info", "folder", "--counts", "x.tsv"], "Give either a path or --counts"),
  ])
  func `wrong usage ends with 2`(arguments: [String], sentence: String) throws {
    let outcome = try Program.run(arguments)
    #expect(outcome.status == .exited(2))
    #expect(outcome.output == "")
    #expect(outcome.error.hasPrefix("Error: ") && outcome.error.contains(sentence))
    #expect(outcome.error.contains("Usage: eosin"))
  }

  @Test(arguments: [
    (["info", "-s", "P11"], "has no section 'P11'. Did you mean 'P1'? It has P1, P2, Q1."),
    (["view", "-s", "Q2"], "SampleData: has no section 'Q2'. Did you mean 'P2'? It has P1,"),
    (["render", "--gene", "FASM"], "eosin: Section P1 has no gene 'FASM'. Did you mean 'FASN'?"),
    (
      ["view", "--no-models", "--gene", "Gnas"],
      "eosin: Section P1 has no gene 'Gnas'. Did you mean 'GNAS'?"
    ),
    (["info", "/no/such/folder"], "eosin: /no/such/folder: is not there. Check the path."),
    (["view", "/no/such/folder"], "eosin: /no/such/folder: is not there. Check the path."),
    (["info", "/dev/null"], "eosin: /dev/null: is no file Eosin knows. It opens a folder"),
    (["info", "/proc/self/task"], "task: is no data set Eosin knows; it holds"),
    (["info", "--counts", "/no/counts"], "eosin: /no/counts: is not there. Check the path."),
    (["info", "--counts", "/proc"], "eosin: /proc: is a folder, not a file. Name the file inside"),
    (["cluster", "--panel", "/no/panel"], "eosin: /no/panel: is not there. Check the path."),
    (["cluster", "-k", "247"], "eosin: Section P1 has 246 spots to cluster, fewer than the 247"),
    (
      ["cluster", "--restarts", "1", "-o", "/no/folder/a.csv"],
      "eosin: /no/folder/a.csv: cannot be written: there is no folder /no/folder. Make it first."
    ),
    (
      ["render", "--side", "64", "-o", "/dev"],
      "eosin: /dev: is a folder. Name the file to write in it."
    ),
  ])
  func `what cannot be done ends with 1 and a sentence`(
    arguments: [String], sentence: String
  ) throws {
    let outcome = try Program.run(arguments)
    #expect(outcome.status == .exited(1), "\(outcome.everything)")
    #expect(outcome.output == "")
    #expect(outcome.error.contains(sentence), "\(outcome.error)")
    #expect(outcome.error.split(separator: "\n").count == 1)
  }

  @Test(arguments: [
    ("dumb", "TERM is 'dumb', a terminal that cannot place its cursor."),
    ("no-such-terminal", "TERM is 'no-such-terminal', which this machine has no description of."),
    ("", "TERM is not set"),
  ])
  func `a terminal that cannot show the viewer is left alone`(name: String, text: String) throws {
    let terminal = try PseudoTerminal(
      command: [Program.built().path, "view"], environment: ["TERM": name], columns: 200)
    #expect(terminal.waitForExit() == .exited(1))
    #expect(terminal.screenLines[0].hasPrefix("eosin: \(text)"), "\(terminal.screenLines)")
    #expect(!terminal.output.contains(0x1B))
  }
}
