import TensorCore

/// A model that predicts the expression of genes at spots from the image they lie on.
///
/// What conforms and is listed in ``modelCatalog`` can be imported, verified, predicted with and
/// compared: nothing else names a model.
public protocol ExpressionModel: Network where Configuration: ModelConfiguration {
  /// The model's row of the catalog.
  static var entry: ModelEntry { get }

  /// The side, in pixels of the full image, of the square that a spot's prediction looks at; nil where there is no such.
  var patchSidePixels: Int? { get }

  /// Predicts `[spots, genes]`, log-normalized as the training data were.
  ///
  /// - Throws: ``ModelError`` when a spot's place or the image does not suit the model, and when
  ///   `work` was cancelled.
  func predict(_ input: SectionInput, _ work: PredictionWork) throws(ModelError) -> Tensor

  /// The tensors of a file that other software wrote under the names declared here, where they go by
  /// others there.
  ///
  /// - Parameter genes: how many genes are to be predicted.
  static func translated(_ tensors: [StoredTensor], genes: Int) -> [StoredTensor]

  /// What to predict, and in how many goes, for a picture finer than the spots.
  ///
  /// The spots between are those of the array moved by half a pitch unless a model says otherwise:
  /// each go sees an array like those it was trained on.
  func denserInputs(_ input: SectionInput) -> [SectionInput]
}

extension ExpressionModel {
  /// The title of its row.
  public static var title: String { entry.title }

  /// The tensors as they are.
  public static func translated(_ tensors: [StoredTensor], genes: Int) -> [StoredTensor] { tensors }

  /// The array and the array moved by half a pitch along either axis and both.
  public func denserInputs(_ input: SectionInput) -> [SectionInput] { input.movedByHalfAPitch }
}
