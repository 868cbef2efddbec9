"""Predicted clips in a real browser: they play in step, fit a telephone, and can be read in light and dark."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from browser_checks import CONTRAST, NEEDS_BROWSER, wait_until
from predicted_clips import predicted_digits

from reelwise.reports.frames_section import ClipPrediction, FramesReport
from reelwise.reports.run_report import write_report
from reelwise.tasks import find_task

pytestmark = NEEDS_BROWSER

LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmütze"


def two_halves() -> FramesReport:
    """Eight black frames are given and eight white ones follow, for the truth and the prediction alike."""
    report = predicted_digits(6)
    black, white = (np.full((8, 32, 32, 3), grey, np.uint8) for grey in (0, 255))
    clip = replace(report.clips[0], context=black, truth=white, predictions=(ClipPrediction("This model", white),))
    return replace(report, clips=(clip,))


@pytest.fixture(scope="module")
def pages(tmp_path_factory, make_task_report) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    reports = {"digits": predicted_digits(), "long": predicted_digits(6, prefix=LONG_WORD), "halves": two_halves()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(find_task("regression")), "report_section", "frames")
        for name, frames in reports.items():
            data = replace(make_task_report("regression"), frames=frames, examples=())
            write_report(folder / f"{name}.html", data)
    return {name: folder / f"{name}.html" for name in reports}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1440])
@pytest.mark.parametrize("name", ["digits", "long"])
def test_fits_and_complains_of_nothing(open_page, pages, name, width, scheme):
    page = open_page(pages[name], width, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(open_page, pages, scheme):
    assert open_page(pages["digits"], color_scheme=scheme).evaluate(CONTRAST) == []


def test_every_picture_is_shown(open_page, pages):
    page = open_page(pages["digits"])
    sizes = page.evaluate("Promise.all([...document.images].map(i => i.decode().then(() => i.naturalWidth)))")
    assert sizes == [4 * 128 + 3 * 8, 512, 512, 512, 512] * 6


COLUMNS = """() => {
  const image = document.querySelector('.predicted picture img');
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext('2d', {willReadFrequently: true});
  context.drawImage(image, 0, 0);
  return [64, 200].map(x => context.getImageData(x, 64, 1, 1).data[0]);
}"""


def test_titles_stand_above_their_clips(open_page, pages):
    page = open_page(pages["digits"], 390)
    picture = page.locator(".predicted picture img").first.bounding_box()
    lefts = [page.locator(".heads").first.locator("p").nth(i).bounding_box()["x"] for i in range(4)]
    step = (128 + 8) / (4 * 128 + 3 * 8) * picture["width"]
    assert lefts == pytest.approx([picture["x"] + i * step for i in range(4)], abs=1.5)


def test_reduced_motion_stands_still(open_page, pages):
    page = open_page(pages["halves"])
    page.emulate_media(reduced_motion="reduce")
    wait_until(page, "document.querySelector('.predicted picture img').currentSrc.startsWith('data:image/png')")
    assert page.evaluate(COLUMNS) == [255, 255]  # the last frame
    page.emulate_media(reduced_motion="no-preference")


def test_clips_play_in_step(open_page, pages):
    page = open_page(pages["halves"])
    picture = page.locator(".predicted picture img").first
    picture.scroll_into_view_if_needed()
    seen = set()
    for _ in range(60):
        shot = decode_png(picture.screenshot())
        height, width = shot.shape[:2]
        seen.add(tuple(bool(shot[height // 2, int(width * at), 0] > 128) for at in (0.25, 0.75)))
        if len(seen) > 1:
            break
    assert seen == {(False, False), (True, True)}  # never one without the other


def decode_png(content: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
