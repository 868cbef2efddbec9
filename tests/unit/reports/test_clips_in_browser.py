"""Generated clips in a real browser: the page fits a telephone, and can be read in light and dark."""

import pytest
from browser_checks import CONTRAST, NEEDS_BROWSER
from generated_clips import generation_report

from reelwise.reports.run_report import write_report

pytestmark = NEEDS_BROWSER


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_fits_and_can_be_read(open_page, tmp_path, width, scheme):
    path = tmp_path / "report.html"
    write_report(path, generation_report(prefix="Donaudampfschifffahrtsgesellschaftskapitänsmütze"))
    page = open_page(path, width, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate("Promise.all([...document.images].map(i => i.decode().then(() => i.naturalWidth > 0)))")
    assert page.complaints == []
