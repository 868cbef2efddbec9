"""The browser of the tests, and what they check in it."""

import shutil

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip

NEEDS_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found; install Debian's package chromium"),
]
"""Marks of a module whose tests open pages."""

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


def wait_until(page, holds: str) -> None:
    """Waits for what the page says; `page.wait_for_function` may evaluate its string in the page, which forbids it."""
    for _ in range(100):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {holds}")


def go_to(page, text: str) -> None:
    page.keyboard.press("g")
    page.locator("#position").fill(text)
    page.keyboard.press("Enter")
