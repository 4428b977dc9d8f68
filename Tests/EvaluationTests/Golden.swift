import Evaluation
import Foundation
import TensorCore

/// What scikit-learn 1.3.0 and NumPy 1.24.4 gave, stored in `Fixtures`.
enum Golden {
  static func file(_ name: String) throws -> Data {
    let folder = Bundle.module.resourceURL ?? Bundle.module.bundleURL
    return try Data(contentsOf: folder.appending(path: "Fixtures").appending(path: name))
  }

  static func json<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: file(name))
  }

  /// Tensors by name. A safetensors file is the length of a JSON header, the header and the data.
  static func tensors(_ name: String) throws -> [String: Tensor] {
    struct Entry: Decodable {
      var dtype: String
      var shape: [Int]
      var data_offsets: [Int]
    }
    let data = try file(name)
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let entries = try JSONDecoder().decode(
      [String: Entry].self, from: data.dropFirst(8).prefix(length))
    return entries.mapValues { entry in
      let bytes = [UInt8](
        data[8 + length + entry.data_offsets[0]..<8 + length + entry.data_offsets[1]])
      let words = stride(from: 0, to: bytes.count, by: 4).map { start in
        (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) }
      }
      return Tensor(shape: entry.shape, words: words)
    }
  }

  /// A tensor of four-byte numbers, read as what the caller knows them to be.
  struct Tensor {
    var shape: [Int]
    var words: [UInt32]
    var floats: [Float] { words.map { Float(bitPattern: $0) } }
    var integers: [Int] { words.map { Int(Int32(bitPattern: $0)) } }
  }
}

/// A section of `observed_ari.json`.
struct ObservedSection: Decodable {
  var clusters: Int
  var ariExact: Double
  var nmi: Double
  var kmeansInertia: Double
  var labelIndexNames: [String]
}

struct ObservedSections: Decodable {
  var sections: [String: ObservedSection]
}

/// The 64 seeds of every property test.
let seeds = Array(UInt64(0)..<64)

/// The largest difference of two equally long lists, and its place.
func largestDifference(_ first: [Double], _ second: [Double]) -> (difference: Double, place: Int) {
  zip(first, second).enumerated()
    .map { (abs($0.element.0 - $0.element.1), $0.offset) }
    .max { $0.0 < $1.0 } ?? (0, 0)
}

extension SeededGenerator {
  /// About a standard normal number: twelve uniform ones added up.
  mutating func nextNormal() -> Double {
    (0..<12).reduce(-6) { sum, _ in sum + nextUnit() }
  }

  /// A label in `0..<labels` for each spot.
  mutating func labels(spots: Int, labels: Int) -> [Int] {
    (0..<spots).map { _ in nextIndex(below: labels) }
  }

  /// Points around a few centres.
  mutating func blobs(spots: Int, dimensions: Int, centres: Int) -> [Float] {
    let middle = (0..<centres * dimensions).map { _ in 3 * nextNormal() }
    return (0..<spots).flatMap { _ in
      let centre = nextIndex(below: centres)
      return (0..<dimensions).map { Float(middle[centre * dimensions + $0] + nextNormal()) }
    }
  }
}
