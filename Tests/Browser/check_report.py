"""Opens a report in a browser and checks that it works without a network.

    python3 -m venv /tmp/browser && /tmp/browser/bin/pip install playwright
    swift run -c release eosin evaluate SampleData --sections all --report report.html
    /tmp/browser/bin/python Tests/Browser/check_report.py report.html [folder for screenshots]

Needs a Chromium (Debian: apt-get install chromium; set CHROMIUM for another place). Checks that the
table of genes sorts by mouse and keys, that search and the choice of a section work, that nothing is
fetched and nothing is said on the console, that the page is no wider than narrow windows, and that
print leaves out all but the first rows. With a folder it leaves pictures of the page there, bright,
dark, narrow and printed, to be looked at.
"""

import json
import os
import pathlib
import sys

from playwright.sync_api import sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def column(page, index):
    """The texts of one column of the table of genes."""
    return page.eval_on_selector_all(
        "#genes-sorted tbody tr", f"rows => rows.map(row => row.cells[{index}].textContent)"
    )


def number(text):
    return None if text == "–" else float(text.replace("−", "-"))


def check_order(texts, descending):
    values = [number(text) for text in texts]
    finite = [value for value in values if value is not None]
    assert values[: len(finite)] == finite, "genes without a number are not last"
    assert finite == sorted(finite, reverse=descending), "the column is not in order"


def check_sorting(page):
    heads = page.query_selector_all("#genes-sorted thead th")
    for index, head in enumerate(heads):
        button = head.query_selector("button")
        if head.get_attribute("aria-sort"):
            # Begins in this order: turn it, and turn it back below.
            button.click()
            assert head.get_attribute("aria-sort") == "ascending"
        for _ in range(2):
            # By the keys, as from the middle of the page.
            button.focus()
            page.keyboard.press("Enter")
            direction = head.get_attribute("aria-sort")
            assert direction in ("ascending", "descending"), direction
            texts = column(page, index)
            if index == 0:
                assert texts == sorted(texts, reverse=direction == "descending"), "names not in order"
            else:
                check_order(texts, direction == "descending")
        sorted_heads = [h for h in heads if h.get_attribute("aria-sort")]
        assert len(sorted_heads) == 1, "more than one heading says it is sorted"


def check_search(page):
    data = json.loads(page.text_content("#gene-data"))
    genes = data["genes"]
    word = genes[len(genes) // 2][:3]
    expected = sorted(gene for gene in genes if word.lower() in gene.lower())
    page.fill("#gene-search", word.lower())
    assert sorted(column(page, 0)) == expected, "search does not find what has the word in it"
    assert f"{len(expected)} of {len(genes)} genes" in page.text_content("#gene-count")
    page.fill("#gene-search", "no-such-gene")
    assert column(page, 0) == []
    page.press("#gene-search", "Escape")
    assert len(column(page, 0)) == min(len(genes), 2000)


def check_views(page):
    options = page.query_selector_all("#gene-view option")
    if len(options) < 2:
        return
    before = column(page, 1)
    page.select_option("#gene-view", str(len(options) - 1))
    assert column(page, 1) != before, "another section has the same numbers"
    page.select_option("#gene-view", "0")
    assert column(page, 1) == before


def check_width(page):
    width = page.evaluate("document.documentElement.scrollWidth")
    window = page.evaluate("window.innerWidth")
    assert width <= window, f"the page is {width} wide in a window of {window}"


def main(path, folder):
    url = pathlib.Path(path).resolve().as_uri()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        said, fetched = [], []

        def open_page(**options):
            page = browser.new_page(**options)
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.on("request", lambda request: fetched.append(request.url))
            page.goto(url)
            return page

        page = open_page(viewport={"width": 1100, "height": 900})
        check_sorting(page)
        check_search(page)
        check_views(page)
        check_width(page)
        rows = page.eval_on_selector_all("#genes-sorted tbody tr", "rows => rows.length")
        page.emulate_media(media="print")
        shown = page.eval_on_selector_all(
            "#genes-sorted tbody tr",
            "rows => rows.filter(row => getComputedStyle(row).display !== 'none').length",
        )
        assert shown == min(rows, 50), f"{shown} rows on paper"
        for link in page.query_selector_all("nav a"):
            assert page.query_selector(link.get_attribute("href")), "a link leads nowhere"
        check_width(open_page(viewport={"width": 360, "height": 700}))

        outside = [u for u in fetched if u != url and not u.startswith("data:")]
        assert not outside, f"the page asks for {outside}"
        assert not said, f"the console says {said}"

        if folder:
            folder = pathlib.Path(folder)
            folder.mkdir(parents=True, exist_ok=True)
            for scheme in ("light", "dark"):
                page = open_page(
                    color_scheme=scheme, viewport={"width": 1100, "height": 900}
                )
                page.screenshot(path=folder / f"{scheme}.png", full_page=True)
            page = open_page(viewport={"width": 390, "height": 844})
            page.screenshot(path=folder / "narrow.png", full_page=True)
            page.pdf(path=folder / "printed.pdf", prefer_css_page_size=True, format="A4")
        browser.close()
    print(f"{path}: {rows} rows sort and search, nothing fetched, nothing on the console")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
