import Drawing

/// How the page looks: the theme's colours, one measure, numbers under numbers.
enum ReportStyle {
  /// The width that figures are laid out for, in CSS pixels.
  static let figureWidth = 920.0

  /// For screens bright and dark, and for paper.
  static let css = """

    :root { color-scheme: light dark; \(Theme.paper.styleVariables) }
    @media (prefers-color-scheme: dark) { :root { \(Theme.standard.styleVariables) } }
    *, *::before, *::after { box-sizing: border-box; }
    html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
    body {
      margin: 0 auto; padding: 3.5rem 1.5rem 4rem; max-width: 61rem;
      background: var(--eosin-background); color: var(--eosin-text);
      font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans",
        sans-serif;
      font-variant-numeric: tabular-nums; text-rendering: optimizeLegibility;
    }
    h1, h2, h3 { line-height: 1.2; font-weight: 600; text-wrap: balance; }
    h1 { margin: 0; font-size: 2.4rem; letter-spacing: -0.02em; }
    h2 {
      margin: 0 0 0.75rem; padding-top: 1.5rem; font-size: 1.4rem; letter-spacing: -0.01em;
      border-top: 1px solid var(--eosin-border);
    }
    h3 { margin: 1.75rem 0 0.5rem; font-size: 1rem; }
    p { margin: 0 0 1rem; max-width: 44rem; text-wrap: pretty; }
    a { color: var(--eosin-accent); text-underline-offset: 0.2em; }
    code, pre { font: 0.85em/1.5 ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace; }
    pre {
      margin: 0 0 1rem; padding: 0.75rem 1rem; border-radius: 6px; white-space: pre-wrap;
      overflow-wrap: anywhere; background: var(--eosin-overlay);
    }
    small { font-size: 0.75rem; }
    .eyebrow {
      margin: 0 0 0.5rem; color: var(--eosin-accent); font-size: 0.8rem; font-weight: 600;
      letter-spacing: 0.08em; text-transform: uppercase;
    }
    .lead { margin: 0.5rem 0 1.5rem; color: var(--eosin-muted); font-size: 1.1rem; }
    nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; font-size: 0.9rem; }
    nav a { text-decoration: none; }
    nav a:hover { text-decoration: underline; }
    section, footer { margin-top: 3rem; }
    .note, figcaption { color: var(--eosin-muted); font-size: 0.85rem; line-height: 1.55; }
    .note { margin-top: 0.75rem; }
    details { color: var(--eosin-muted); font-size: 0.85rem; line-height: 1.55; max-width: 42rem; }
    summary { cursor: pointer; }
    details dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; }
    details dd { margin: 0; }
    .absent {
      padding: 0.75rem 1rem; border-left: 3px solid var(--eosin-border); color: var(--eosin-muted);
    }

    .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); gap: 1rem; align-items: start; }
    .card { padding: 1.1rem 1.25rem 1.25rem; border: 1px solid var(--eosin-border); border-radius: 8px; }
    .card h3 { margin: 0; font-size: 1.1rem; }
    .standing { margin: 0.15rem 0 0.9rem; color: var(--eosin-muted); font-size: 0.85rem; }
    .standing:last-child { margin-bottom: 0; }
    .standing.warning { color: var(--eosin-warning); font-weight: 600; }
    dl {
      display: grid; grid-template-columns: 6rem 1fr; gap: 0.3rem 0.9rem; margin: 0;
      font-size: 0.8rem; line-height: 1.45;
    }
    dt { color: var(--eosin-muted); }
    .card.shared { margin-bottom: 1rem; }
    .card.shared dl { columns: 2; display: block; column-gap: 2rem; }
    .card.shared div { display: grid; grid-template-columns: 6rem 1fr; gap: 0 0.9rem; break-inside: avoid; }
    .card.shared div + div { margin-top: 0.3rem; }
    dd { margin: 0; overflow-wrap: anywhere; }

    .scroll { position: relative; overflow-x: auto; }
    table { border-collapse: collapse; min-width: 32rem; font-size: 0.85rem; line-height: 1.35; }
    th, td { padding: 0.4rem 0.65rem; text-align: left; vertical-align: baseline; }
    th:first-child, td:first-child { padding-left: 0; }
    thead th { color: var(--eosin-muted); font-weight: 500; border-bottom: 1px solid var(--eosin-border); }
    thead th.group { color: var(--eosin-text); font-weight: 600; border-bottom: 0; text-align: left; }
    tbody th { font-weight: 500; white-space: nowrap; }
    tbody tr + tr > * { border-top: 1px solid color-mix(in srgb, var(--eosin-border) 55%, transparent); }
    .number { text-align: right; white-space: nowrap; }
    .scores .group, .scores .first { padding-left: 1.6rem; }
    .scores .first b { font-weight: 600; }
    .mark { position: absolute; }
    .scores small { display: block; color: var(--eosin-muted); }
    tr.mean > * { font-weight: 600; }
    .scores tr.mean > * { border-top: 1px solid var(--eosin-muted); }
    tr.mean small { font-weight: 400; }
    .paired { margin-top: 1.25rem; }
    .paired td:first-child { padding-left: 0.65rem; }
    .paired tbody + tbody > tr:first-child > * { border-top: 1px solid var(--eosin-muted); }

    figure { margin: 0; }
    figure div { margin: 0 -12px 1rem; overflow-x: auto; }
    figure svg { display: block; min-width: 38rem; max-width: 100%; height: auto; }
    figcaption { max-width: 44rem; }
    figure + .scroll { margin-top: 1.5rem; }

    .tools { display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem 1.5rem; margin: 0 0 1rem; }
    .tools label { font-size: 0.85rem; color: var(--eosin-muted); }
    .tools output { color: var(--eosin-muted); font-size: 0.85rem; }
    input, select {
      margin-left: 0.4rem; padding: 0.35rem 0.6rem; color: inherit; font: inherit;
      color: var(--eosin-text); background: var(--eosin-background);
      border: 1px solid var(--eosin-border); border-radius: 6px;
    }
    :is(a, button, input, select):focus-visible { outline: 2px solid var(--eosin-accent); outline-offset: 2px; }
    #genes-sorted thead th { position: sticky; top: 0; background: var(--eosin-background); }
    #genes-sorted { min-width: 100%; }
    #genes-sorted button {
      position: relative; padding: 0; border: 0; background: none; color: inherit; font: inherit;
      cursor: pointer; white-space: nowrap;
    }
    #genes-sorted button:hover, #genes-sorted [aria-sort] button { color: var(--eosin-accent); }
    #genes-sorted [aria-sort] button { font-weight: 600; }
    #genes-sorted [aria-sort] button::after {
      content: "▾"; position: absolute; left: 100%; padding-left: 0.1em;
    }
    #genes-sorted [aria-sort="ascending"] button::after { content: "▴"; }
    #genes-sorted .score {
      background: linear-gradient(to right, color-mix(in srgb, var(--eosin-accent) 45%, transparent)
        var(--share, 0%), transparent 0) 1.3rem 100% / calc(100% - 1.95rem) 2px no-repeat;
    }
    #genes-sorted .best { font-weight: 600; }
    .printed { display: none; }
    footer { color: var(--eosin-muted); font-size: 0.85rem; }
    footer h2 { color: var(--eosin-text); }

    @media print {
      :root { color-scheme: light; \(Theme.paper.styleVariables); --eosin-background: #ffffff; }
      @page { margin: 16mm 14mm; }
      html { font-size: 9.5pt; }
      body { max-width: none; padding: 0; line-height: 1.45; }
      nav, .tools { display: none; }
      section, footer { margin-top: 1.75rem; }
      .scroll, figure div { overflow: visible; }
      figure div { margin-left: 0; margin-right: 0; }
      figure div, .card, tr, pre { break-inside: avoid; }
      figcaption { break-before: avoid; }
      thead { display: table-header-group; }
      .cards { grid-template-columns: 1fr 1fr; }
      table, figure svg { min-width: 0; }
      th, td { padding-top: 0.25rem; padding-bottom: 0.25rem; }
      #genes-sorted thead th { position: static; }
      #genes-sorted button { display: contents; }
      #genes-sorted [aria-sort] button::after { content: none; }
      h2, h3, thead, footer p, footer pre { break-after: avoid; }
      #genes-sorted tbody tr:nth-child(n + \(HTMLReport.printedRows + 1)) { display: none; }
      .printed { display: block; }
    }

    """
}
