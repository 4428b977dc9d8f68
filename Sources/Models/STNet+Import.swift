import Foundation
import TensorCore

extension STNet {
  /// torchvision's files for ImageNet, under the names declared here, and the authors' as they are.
  ///
  /// Files of torchvision before version 0.3 write `norm.1.weight` for `norm1.weight`, likewise `conv`
  /// and 2, and do not count batches. A classifier of ImageNet's thousand classes, where another
  /// number of genes is asked for, becomes one of so many genes that gives 0: a network to train, not
  /// to predict with.
  public static func translated(_ tensors: [StoredTensor], genes: Int) -> [StoredTensor] {
    var found = tensors.map { $0.named(currentName($0.name)) }
    let names = Set(found.map(\.name))
    for tensor in found where tensor.name.hasSuffix(".running_var") {
      let name = tensor.name.dropLast("running_var".count) + "num_batches_tracked"
      guard !names.contains(String(name)) else { continue }
      found.append(StoredTensor(name: String(name), shape: [], floats: [0]))
    }
    return found.map { tensor in
      guard genes != imageNetClasses, tensor.shape.first == imageNetClasses,
        tensor.name.hasPrefix("\(outputLayer).")
      else { return tensor }
      let shape = [genes] + tensor.shape.dropFirst()
      return StoredTensor(name: tensor.name, .zeros(shape))
    }
  }

  private static let imageNetClasses = 1000

  /// `norm.1` as `norm1` within a dense layer.
  private static func currentName(_ name: String) -> String {
    guard name.contains(".denselayer") else { return name }
    return ["norm.1", "norm.2", "conv.1", "conv.2"].reduce(name) { name, old in
      name.replacingOccurrences(of: ".\(old).", with: ".\(old.replacing(".", with: "")).")
    }
  }
}

extension StoredTensor {
  /// The same under another name.
  fileprivate func named(_ name: String) -> StoredTensor {
    StoredTensor(
      name: name, shape: shape, type: type, strides: strides, source: source, start: start,
      isBigEndian: isBigEndian)
  }
}
