import TensorCore

/// A model that predicts the expression of genes at spots from the image they lie on.
///
/// What conforms and is listed in ``modelCatalog`` can be imported, verified, predicted with and
/// compared: nothing else names a model.
public protocol ExpressionModel: Sendable {
  /// The sizes a network is built with.
  associatedtype Configuration: ModelConfiguration

  /// The model's row of the catalog.
  static var entry: ModelEntry { get }

  /// The sizes this network was built with.
  var configuration: Configuration { get }

  /// The side, in pixels of the full image, of the square that a spot's prediction looks at; nil where there is no such.
  var patchSidePixels: Int? { get }

  /// Declares the parameters under the names of the authors' checkpoints.
  init(_ configuration: Configuration, _ parameters: inout Parameters)

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
  /// The network with given weights, which must be exactly those it declares.
  public init(_ configuration: Configuration, weights: [String: Tensor]) throws(ParameterError) {
    var parameters = Parameters(weights: weights)
    self.init(configuration, &parameters)
    try parameters.checkAll()
  }

  /// What a network of these sizes consists of; takes no memory for it.
  public static func declarations(_ configuration: Configuration) -> [ParameterDeclaration] {
    var parameters = Parameters(listing: ())
    _ = Self(configuration, &parameters)
    return parameters.declarations
  }

  /// The tensors as they are.
  public static func translated(_ tensors: [StoredTensor], genes: Int) -> [StoredTensor] { tensors }

  /// The array and the array moved by half a pitch along either axis and both.
  public func denserInputs(_ input: SectionInput) -> [SectionInput] { input.movedByHalfAPitch }
}
