/// One model of the catalog: its names and where it was published.
public struct ModelEntry: Sendable {
  /// What commands and checkpoints call it, such as `thitogene`.
  public let name: String
  /// What people call it, such as `THItoGene`.
  public let title: String
  /// Other names it goes by, in small letters.
  public let aliases: [String]
  /// What it is made of, in a few words.
  public let summary: String
  /// Where it was published.
  public let source: String
  /// The type that does it.
  public let model: any ExpressionModel.Type

  /// Describes a model.
  public init(
    _ model: any ExpressionModel.Type, name: String, title: String, aliases: [String] = [],
    summary: String, source: String
  ) {
    self.model = model
    self.name = name
    self.title = title
    self.aliases = aliases
    self.summary = summary
    self.source = source
  }
}
