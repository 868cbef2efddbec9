"""The report in a real browser: no sideways scrolling, no complaint in the console, readable contrast."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelwise.reports.run_report import write_report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found; install Debian's package chromium"),
]

# Luminance contrast of every piece of text with what lies behind it, after WCAG 2.2; hidden and empty text left out.
CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgb = c => { canvas.clearRect(0,0,1,1); canvas.fillStyle = c; canvas.fillRect(0,0,1,1);
                     return [...canvas.getImageData(0,0,1,1).data]; };
  const lum = c => { const [r,g,b] = c.map(v => { v /= 255; return v <= .03928 ? v/12.92 : ((v+.055)/1.055)**2.4; });
                     return .2126*r + .7152*g + .0722*b; };
  const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
                        if (c[3] > 250) return c.slice(0,3); } return [255,255,255]; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const bad = [];
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement, s = getComputedStyle(e);
    if (!walker.currentNode.data.trim() || e.closest('.sr, .none')) continue;
    const a = lum(rgb(e.closest('svg') ? s.fill : s.color).slice(0,3)), b = lum(behind(e));
    const ratio = (Math.max(a,b)+.05) / (Math.min(a,b)+.05);
    if (ratio < 4.5) bad.push([e.className.baseVal ?? e.className, walker.currentNode.data.trim().slice(0,30), ratio]);
  }
  return bad;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory, make_report, make_bare_report) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    long_word = "Donaudampfschifffahrtsgesellschaftskapitänsmütze" * 3
    reports = {
        "three": make_report(),
        "long": make_report((long_word, "b", "c"), text=long_word),
        "twenty": make_report(tuple(f"class number {i}" for i in range(20))),
        "many": make_report(tuple(f"{long_word} {i}" for i in range(400)), 400),
        "bare": make_bare_report(("a", "b")),
    }
    for name, data in reports.items():
        write_report(folder / f"{name}.html", data)
    return {name: folder / f"{name}.html" for name in reports}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("name", ["three", "long", "twenty", "many", "bare"])
def test_fits_and_complains_of_nothing(browser, pages, name, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda r: complaints.append(r.url) if not r.url.startswith(("file:", "data:")) else None)
    page.goto(pages[name].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
    assert page.evaluate("getComputedStyle(document.body).maxWidth") == "none"  # the style sheet was accepted ...
    assert page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") == "1056px"  # ... by its hash
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(browser, pages, scheme):
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(pages["three"].as_uri())
    assert page.evaluate(CONTRAST) == []
    context.close()


def test_every_picture_is_shown(browser, pages):
    page = browser.new_page()
    page.goto(pages["three"].as_uri())
    sizes = page.evaluate("Promise.all([...document.images].map(i => i.decode().then(() => i.naturalWidth)))")
    assert sizes == [1, 1]
    page.close()
