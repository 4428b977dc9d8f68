import Foundation

@testable import Models

/// Checkpoints, ours and PyTorch's, and what they are made of.
let checkpointTargets = [
  FuzzTarget("pickle", reads: "a pickle of protocol 0 to 5") { bytes in
    let pickle = try PickleParser.parse(ByteSource(bytes, file: "/input"), in: 0..<bytes.count)
    var budget = 10_000
    _ = pickle.plain(pickle.root, budget: &budget)?.text
  },
  FuzzTarget("zip", reads: "a zip archive") { bytes in
    let archive = try ZipArchive(ByteSource(bytes, file: "/input"))
    for member in archive.members {
      if let place = try? archive.open(member) {
        _ = place.source.array(place.start..<place.start + member.size)
      }
    }
  },
  FuzzTarget("torch", reads: "what torch.save writes", run: readCheckpoint),
  FuzzTarget(
    "safetensors", reads: "a safetensors file",
    seeds: [
      safetensors(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 8),
      safetensors(
        #"{"__metadata__":{"k":"v"},"a":{"dtype":"BF16","shape":[],"data_offsets":[0,2]},"#
          + #""b":{"dtype":"I64","shape":[0,3],"data_offsets":[2,2]}}"#, 2),
    ], run: readCheckpoint),
  FuzzTarget(
    "json", reads: "a plain value",
    seeds: [
      Array(#"{"a":[1,-2.5e3,true,null,"\u00e9\ud83d\ude00\n"],"b":{"c":0}}"#.utf8)
    ]
  ) { bytes in
    guard let json = JSON(text: String(decoding: bytes, as: UTF8.self)) else { return }
    let again = JSON(text: json.text)
    precondition(again == json, "\(json.text) reads back as \(again?.text ?? "nothing")")
  },
]

/// All tensors as numbers and as bytes; what is written of them reads back.
private func readCheckpoint(_ bytes: [UInt8]) throws {
  let file = try TensorFile.read(ByteSource(bytes, file: "/input"))
  for tensor in file.tensors {
    _ = tensor.floats()
    _ = tensor.integers()
  }
  var written: [UInt8] = []
  let layout = try Layout(file.tensors, metadata: [:], file: "/output")
  layout.forEachPiece { written += $0 }
  let again = try Safetensors.read(ByteSource(written, file: "/output"))
  for tensor in file.tensors {
    precondition(again[tensor.name]?.packedBytes() == tensor.packedBytes(), tensor.name)
  }
}

private func safetensors(_ header: String, _ byteCount: Int) -> [UInt8] {
  [UInt8(header.utf8.count)] + [UInt8](repeating: 0, count: 7) + Array(header.utf8)
    + [UInt8](repeating: 1, count: byteCount)
}
