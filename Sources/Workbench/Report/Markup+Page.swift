extension Markup {
  /// A whole page that needs nothing else, bright or dark as its surroundings are.
  ///
  /// - Parameters:
  ///   - version: of the Eosin that makes it.
  ///   - runsScripts: whether it may run the scripts that stand in it; it loads none in any case.
  static func page(
    title: String, version: String, runsScripts: Bool, body: Markup
  ) -> Markup {
    let scripts = runsScripts ? " script-src 'unsafe-inline';" : ""
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="generator" content="Eosin \(version)">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
      style-src 'unsafe-inline';\(Markup(verbatim: scripts)) img-src data:; base-uri 'none'; \
      form-action 'none'">
      <title>\(title)</title>
      <style>\(Markup(verbatim: ReportStyle.css))</style>
      </head>
      <body>
      \(body)
      </body>
      </html>

      """
  }
}
