/// The page's own script: sorts, searches and fills the table of genes.
enum ReportScript {
  /// Without it the first rows stand in the page all the same.
  static let javaScript = #"""

    "use strict";
    (() => {
      const data = JSON.parse(document.getElementById("gene-data").textContent);
      const table = document.getElementById("genes-sorted");
      const search = document.getElementById("gene-search");
      const view = document.getElementById("gene-view");
      const count = document.getElementById("gene-count");
      const heads = [...table.tHead.rows[0].cells];
      const most = 2000;
      const lower = data.genes.map((gene) => gene.toLowerCase());
      // Column 0 is the name; the others follow the data.
      let column = data.order + 1;
      let descending = true;

      const columns = () => data.views[view.value].columns;
      const text = (value) =>
        value === null ? "–" : (value / 1000).toFixed(3).replace("-", "−").replace(/^−0\.000$/, "0.000");

      function compare(a, b) {
        if (column === 0) {
          const order = data.genes[a] < data.genes[b] ? -1 : data.genes[a] > data.genes[b] ? 1 : 0;
          return descending ? -order : order;
        }
        const values = columns()[column - 1];
        // Genes without a number are last in either order.
        if (values[a] === null || values[b] === null) {
          return (values[a] === null) - (values[b] === null) || a - b;
        }
        return (descending ? values[b] - values[a] : values[a] - values[b]) || a - b;
      }

      function row(gene) {
        const row = document.createElement("tr");
        const name = document.createElement("th");
        name.scope = "row";
        name.textContent = data.genes[gene];
        row.append(name);
        const values = columns().map((column) => column[gene]);
        const best = Math.max(...values.slice(data.facts).filter((value) => value !== null));
        values.forEach((value, index) => {
          const cell = document.createElement("td");
          cell.className = "number";
          cell.textContent = text(value);
          if (index >= data.facts) {
            cell.classList.add("score");
            if (value !== null) {
              cell.style.setProperty("--share", Math.max(0, value / 10) + "%");
              if (value === best) cell.classList.add("best");
            }
          }
          row.append(cell);
        });
        return row;
      }

      function show() {
        const wanted = search.value.trim().toLowerCase().split(/[\s,]+/).filter(Boolean);
        const found = [...data.genes.keys()].filter(
          (gene) => !wanted.length || wanted.some((word) => lower[gene].includes(word)));
        found.sort(compare);
        table.tBodies[0].replaceChildren(...found.slice(0, most).map(row));
        const all = data.genes.length;
        let words = found.length === all ? `${all} genes` : `${found.length} of ${all} genes`;
        if (found.length > most) words += `, the first ${most} shown`;
        count.textContent = words;
        heads.forEach((head, index) => {
          if (index === column) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
          else head.removeAttribute("aria-sort");
        });
      }

      heads.forEach((head, index) => {
        head.querySelector("button").addEventListener("click", () => {
          descending = index === column ? !descending : index > 0;
          column = index;
          show();
        });
      });
      search.addEventListener("input", show);
      search.addEventListener("keydown", (event) => {
        if (event.key === "Escape") { search.value = ""; show(); }
      });
      view.addEventListener("change", show);
      show();
    })();

    """#
}
