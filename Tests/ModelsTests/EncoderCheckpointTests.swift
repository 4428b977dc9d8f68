import Foundation
import Sections
import TensorCore
import TestSupport
import Testing

@testable import Models

@Suite struct EncoderCheckpointTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func file(
    _ name: String, _ tensors: [StoredTensor], metadata: [String: String] = [:]
  ) throws -> URL {
    let url = folder.url.appending(path: name)
    try Safetensors.write(tensors, metadata: metadata, to: url, replacing: true)
    return url
  }

  private func imported(
    _ url: URL, as name: String? = nil, _ settings: [String: JSON] = [:]
  ) throws -> EncoderCheckpoint {
    try EncoderCheckpoint(
      importing: TensorFile(reading: url), from: url, as: name.map { try encoderEntry(named: $0) },
      settings: settings)
  }

  private func refusal(of url: URL, as name: String? = nil) -> String? {
    #expect(throws: CheckpointError.self) { try imported(url, as: name) }?.problem
  }

  private func under(_ prefix: String, _ tensors: [StoredTensor]) -> [StoredTensor] {
    tensors.map { $0.renamed(prefix + $0.name) }
  }

  private let clip = EncoderSample.tensors(CLIPImageEncoder.self, EncoderSample.clip)
  private let swin = EncoderSample.tensors(CTransPath.self, EncoderSample.swin)

  @Test func `what is written reads back, and encodes the same`() throws {
    let checkpoint = EncoderSample.checkpoint()
    let url = folder.url.appending(path: "encoder.safetensors")
    try checkpoint.write(to: url, replacing: false)
    let read = try EncoderCheckpoint(reading: url)
    #expect(read.settings == checkpoint.settings && read.origin == checkpoint.origin)
    let patches = EncoderSample.patches(2, side: 16)
    let features = try read.encoder(file: url.path).features(patches)
    #expect(features.array == (try checkpoint.encoder(file: "a")).features(patches).array)
    #expect(try read.fingerprint(file: "a") == checkpoint.fingerprint(file: "b"))
    let other = try EncoderSample.checkpoint(seed: 6).fingerprint(file: "c")
    #expect(try read.fingerprint(file: "a") != other)
  }

  @Test(arguments: ["", "visual.", "image_encoder.model.visual."])
  func `the image half is taken whatever stands before its names`(prefix: String) throws {
    let text = [
      StoredTensor(name: "transformer.resblocks.0.ln_1.bias", shape: [2], floats: [1, 2])
    ]
    let url = try file("open_clip.safetensors", under(prefix, clip) + (prefix == "" ? [] : text))
    let read = try imported(
      url, ["headWidth": .integer(8), "scaling": .string("clip")])
    #expect(read.settings == EncoderSettings(CLIPImageEncoder.self, EncoderSample.clip))
    #expect(read.tensors.map(\.name).sorted() == clip.map(\.name).sorted())
    #expect(read.origin == ["importedFrom": .string("open_clip.safetensors")])
  }

  @Test func `the authors' buffers are left out, and what no shape tells is the authors'`() throws {
    let index = StoredTensor(
      name: "layers.0.blocks.0.attn.relative_position_index", shape: [4, 4],
      integers: Array(0..<16))
    let mask = StoredTensor(
      name: "layers.0.blocks.1.attn_mask", shape: [1, 4, 4], floats: Array(repeating: 0, count: 16))
    let url = try file("ctranspath.safetensors", swin + [index, mask])
    let read = try imported(url, ["imageSidePixels": .integer(32)])
    #expect(read.settings == EncoderSettings(CTransPath.self, EncoderSample.swin))
    let whole = try imported(url)
    #expect(whole.settings.values["imageSidePixels"] == .integer(224))
  }

  @Test func `weights under 'model' in a .pth are found`() throws {
    let entries = swin.enumerated().map { number, tensor in
      (
        tensor.name,
        PickleSample.tensor(
          "\(number)", count: tensor.count, shape: tensor.shape,
          strides: rowMajorStrides(tensor.shape))
      )
    }
    let zip = torchZip(
      PickleSample.dictionary([("model", PickleSample.dictionary(entries))]),
      storages: Dictionary(
        uniqueKeysWithValues: swin.enumerated().map { ("\($0)", $1.packedBytes()) }))
    let url = URL(filePath: try folder.write(zip.bytes, to: "ctranspath.pth"))
    let read = try imported(url, ["imageSidePixels": .integer(32)])
    #expect(read.settings == EncoderSettings(CTransPath.self, EncoderSample.swin))
    let own = Dictionary(uniqueKeysWithValues: swin.map { ($0.name, $0.floats()) })
    #expect(read.tensors.allSatisfy { own[$0.name] == $0.floats() })
  }

  @Test func `a file without an encoder, or with two, is refused in a sentence`() throws {
    let plain = try file("a.safetensors", [StoredTensor(name: "a", shape: [1], floats: [1])])
    #expect(
      refusal(of: plain)
        == "has no weights of ctranspath (by patch_embed.proj.0.weight) or clip-vit (by "
        + "class_embedding). Name the file that the encoder's authors published.")
    let both = try file("b.safetensors", under("one.", clip) + under("two.", clip))
    #expect(
      refusal(of: both)
        == "holds several encoders: clip-vit under 'one.', clip-vit under 'two.'. Say which with "
        + "--model, or save one of them alone.")
    let mixed = try file("c.safetensors", under("one.", clip) + under("two.", swin))
    let chosen = try imported(mixed, as: "ctranspath", ["imageSidePixels": .integer(32)])
    #expect(chosen.settings.name == "ctranspath")
  }

  @Test func `names that are missing or too many are told`() throws {
    let cut = clip.filter { $0.name != "ln_post.bias" }
    let extra = StoredTensor(name: "ln_post.scale", shape: [1], floats: [1])
    let url = try file("a.safetensors", under("visual.", cut + [extra]))
    let text = try #require(
      #expect(throws: CheckpointError.self) { try imported(url, ["headWidth": .integer(8)]) })
    #expect(
      text.problem
        == "does not fit CLIP ViT: 1 missing: 'ln_post.bias' [16]; 1 unexpected: 'ln_post.scale' "
        + "[1].")
  }

  @Test func `sizes that do not come out even are refused, not built`() throws {
    // 16 wide, and heads of 64 unless told otherwise.
    let url = try file("a.safetensors", clip)
    #expect(refusal(of: url)?.hasPrefix("has sizes that no CLIP ViT can be built of: {") == true)
    let table = "layers.0.blocks.0.attn.relative_position_bias_table"
    let odd = swin.filter { $0.name != table }
    let huge = StoredTensor(
      name: table, shape: [70_001 * 3, 1], floats: Array(repeating: 0, count: 70_001 * 3))
    let hostile = try file("b.safetensors", odd + [huge])
    #expect(refusal(of: hostile)?.contains("no CTransPath can be built of") == true)
  }

  @Test func `models and encoders are not taken for each other`() throws {
    let url = folder.url.appending(path: "encoder.safetensors")
    try EncoderSample.checkpoint().write(to: url, replacing: false)
    let asModel = #expect(throws: CheckpointError.self) { try Checkpoint(reading: url) }
    #expect(
      asModel?.problem
        == "holds an encoder, which predicts nothing by itself. Train a model on top of it.")
    let plainModel = #expect(throws: CheckpointError.self) {
      let url = try file("n.safetensors", under("visual.", clip))
      _ = try Checkpoint(
        importing: TensorFile(reading: url), from: url, as: nil,
        genes: Panel(name: "genes", genes: ["A"]), normalization: .released)
    }
    #expect(
      plainModel?.problem
        == "holds the encoder CLIP ViT, which predicts nothing by itself. Import it as one: --model "
        + "clip-vit.")
    let other = try file("m.safetensors", clip, metadata: ["eosin.model": "thitogene"])
    let asEncoder = #expect(throws: CheckpointError.self) { try EncoderCheckpoint(reading: other) }
    #expect(asEncoder?.problem == "holds a model, not an encoder. Name the file of an encoder.")
    let plain = try file("p.safetensors", clip)
    let unknown = #expect(throws: CheckpointError.self) { try EncoderCheckpoint(reading: plain) }
    #expect(
      unknown?.problem
        == "is a plain safetensors file without eosin.format. Import it: eosin model import "
        + "p.safetensors.")
  }

  @Test func `weights of other sizes than a file says are refused`() throws {
    var checkpoint = EncoderSample.checkpoint()
    var configuration = EncoderSample.clip
    configuration.hidden = 64
    checkpoint.settings = EncoderSettings(CLIPImageEncoder.self, configuration)
    let url = folder.url.appending(path: "encoder.safetensors")
    try checkpoint.write(to: url, replacing: false)
    let error = #expect(throws: CheckpointError.self) { try EncoderCheckpoint(reading: url) }
    #expect(
      error?.problem
        == "has weights of other sizes than its configuration says. Copy it again, or import it "
        + "anew.")
  }

  @Test(.enabled(if: SharedFiles.hasFixtures), arguments: ["ctranspath", "vit-b-32"])
  func `the authors' files import with all their names`(name: String) throws {
    let url = SharedFiles.fixtures.appending(path: "\(name)/weights.safetensors")
    let read = try imported(url, name == "vit-b-32" ? ["headWidth": .integer(32)] : [:])
    #expect(read.settings.name == (name == "vit-b-32" ? "clip-vit" : name))
    #expect(read.settings.featureWidth == (name == "vit-b-32" ? 40 : 128))
    let patches = EncoderSample.patches(1, side: 224)
    #expect(try read.encoder(file: url.path).features(patches).array.allSatisfy(\.isFinite))
  }

  @Test func `every encoder of the sources is listed`() throws {
    let folder = SharedFiles.repository.appending(path: "Sources/Models/Encoders")
    let declared = try FileManager.default.contentsOfDirectory(atPath: folder.path).flatMap {
      try String(contentsOf: folder.appending(path: $0), encoding: .utf8).matches(
        of: /extension (\w+): TileEncoder \{/
      ).map { String($0.1) }
    }
    #expect(Set(declared) == Set(encoderCatalog.map { "\($0.encoder)" }))
  }

  @Test func `an unknown encoder gets the nearest known name`() {
    let error = #expect(throws: ModelError.self) { try encoderEntry(named: "CTransPat") }
    #expect(
      error?.description
        == "There is no encoder 'CTransPat'. Did you mean 'ctranspath'? There are ctranspath, "
        + "clip-vit.")
  }

  @Test func `a model in a file without its encoder is imported with one beside it`() throws {
    let sizes: [String: JSON] = [
      "widths": .array([4, 4, 4, 4, 4].map { .integer($0) }), "mixers": .integer(1),
      "mixerSide": .integer(3), "encoder": EncoderSample.checkpoint().settings.json,
    ]
    let genes = Panel(name: "genes", genes: ["A", "B"])
    let whole = try Checkpoint(
      untrained: modelEntry(named: "hist"), genes: genes, seed: 1, settings: sizes)
    let head = whole.tensors.filter { !$0.name.hasPrefix(FrozenEncoder.prefix) }
    let url = try file("cmunet.safetensors", head)
    func imported(_ encoder: EncoderCheckpoint?) throws -> Checkpoint {
      try Checkpoint(
        importing: TensorFile(reading: url), from: url, as: modelEntry(named: "hist"),
        genes: genes, normalization: nil, encoder: encoder)
    }
    let checkpoint = try imported(EncoderSample.checkpoint(seed: 6))
    let network = try #require(try checkpoint.network(file: url.path) as? HiST)
    #expect(network.configuration.encoder == EncoderSample.checkpoint().settings)
    #expect(
      network.encoder.fingerprint == (try EncoderSample.checkpoint(seed: 6).fingerprint(file: "a")))
    let stored = Dictionary(uniqueKeysWithValues: checkpoint.tensors.map { ($0.name, $0.floats()) })
    #expect(head.allSatisfy { stored[$0.name] == $0.floats() })
    let refusal = #expect(throws: CheckpointError.self) { try imported(nil) }
    #expect(refusal?.description.contains("by --encoder.") == true, "\(refusal as Any)")
  }
}
