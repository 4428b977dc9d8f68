extension HESpotEx {
  /// What the authors' checkpoints put before the names of the encoder's tensors.
  static let authorsEncoder = "image_encoder.model.visual."

  /// The authors' tensors under the names declared here: the image half of their encoder under the
  /// prefix of encoders. Its text half is left out, and so are `image_projection` and
  /// `image_projection2`, which they store and never use.
  public static func translated(_ tensors: [StoredTensor], genes: Int) -> [StoredTensor] {
    tensors.compactMap { tensor in
      if tensor.name.hasPrefix(authorsEncoder) {
        return tensor.renamed(
          FrozenEncoder.prefix + tensor.name.dropFirst(authorsEncoder.count))
      }
      let isUnused = ["image_encoder.", "image_projection.", "image_projection2."].contains {
        tensor.name.hasPrefix($0)
      }
      return isUnused ? nil : tensor
    }
  }
}
