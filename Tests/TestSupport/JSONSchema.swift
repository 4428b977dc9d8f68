import Foundation

/// The part of JSON Schema that the repository's own schemas use.
///
/// A word it does not know is a problem too, so that no part of a schema goes unchecked.
public struct JSONSchema {
  private let root: [String: Any]

  /// Reads a schema.
  public init(reading url: URL) throws {
    let value = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
    guard let root = value as? [String: Any] else { throw CocoaError(.coderReadCorrupt) }
    self.root = root
  }

  /// Where a document departs from the schema; nothing where it follows it.
  public func problems(in document: Data) throws -> [String] {
    let value = try JSONSerialization.jsonObject(with: document, options: .fragmentsAllowed)
    return problems(value, root, at: "$")
  }

  private func problems(_ value: Any, _ schema: [String: Any], at path: String) -> [String] {
    schema.flatMap { word, rule in problems(value, word, rule, schema, at: path) }
  }

  private func problems(
    _ value: Any, _ word: String, _ rule: Any, _ schema: [String: Any], at path: String
  ) -> [String] {
    let object = value as? [String: Any]
    switch word {
    case "$schema", "$defs", "title", "description": return []
    case "$ref":
      let name = (rule as? String ?? "").split(separator: "/").last.map(String.init) ?? ""
      guard let target = (root["$defs"] as? [String: Any])?[name] as? [String: Any] else {
        return ["\(path): the schema refers to '\(name)', which it does not have"]
      }
      return problems(value, target, at: path)
    case "type":
      let names = (rule as? [String]) ?? [rule as? String ?? ""]
      return names.contains { isOfType($0, value) } ? [] : ["\(path): is not \(names)"]
    case "const": return isEqual(value, rule) ? [] : ["\(path): is not \(rule)"]
    case "enum":
      let choices = rule as? [Any] ?? []
      return choices.contains { isEqual(value, $0) } ? [] : ["\(path): \(value) is not listed"]
    case "required":
      let names = rule as? [String] ?? []
      return names.filter { object?[$0] == nil }.map { "\(path): lacks '\($0)'" }
    case "properties":
      return (rule as? [String: [String: Any]] ?? [:]).flatMap { name, schema in
        object?[name].map { problems($0, schema, at: "\(path).\(name)") } ?? []
      }
    case "additionalProperties":
      let known = Set((schema["properties"] as? [String: Any] ?? [:]).keys)
      return (object ?? [:]).filter { !known.contains($0.key) }.flatMap { name, value in
        (rule as? [String: Any]).map { problems(value, $0, at: "\(path).\(name)") }
          ?? ["\(path): has '\(name)', which the schema does not know"]
      }
    case "propertyNames":
      let names = rule as? [String: Any] ?? [:]
      return (object ?? [:]).keys.flatMap { problems($0, names, at: "\(path).\($0)") }
    case "items":
      let items = rule as? [String: Any] ?? [:]
      return (value as? [Any] ?? []).enumerated().flatMap {
        problems($0.element, items, at: "\(path)[\($0.offset)]")
      }
    case "minimum", "maximum":
      guard let number = value as? Double, let limit = rule as? Double else { return [] }
      let isWithin = word == "minimum" ? number >= limit : number <= limit
      return isWithin ? [] : ["\(path): \(number) is beyond the \(word) \(limit)"]
    default: return ["\(path): the schema's word '\(word)' is not checked here"]
    }
  }

  private func isOfType(_ name: String, _ value: Any) -> Bool {
    switch name {
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "null": value is NSNull
    case "boolean": value is Bool
    case "number": value is NSNumber && !(value is String)
    case "integer": (value as? Double).map { $0 == $0.rounded() } ?? false
    default: false
    }
  }

  private func isEqual(_ first: Any, _ second: Any) -> Bool {
    (first as? NSObject) == (second as? NSObject)
  }
}
