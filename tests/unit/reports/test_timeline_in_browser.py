"""timeline.html in a real browser, from a file: the frame that is painted, keys, and what is shown without a video."""

import io
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import crafted_timeline
import numpy as np
import pytest
from crafted import make_video
from frame_numbers import read_number
from PIL import Image

from reelwise.reports.timeline import relative_link, write_timeline

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found; install Debian's package chromium"),
]

SIZE_HW = (180, 320)
NTSC = Fraction(30000, 1001)
MILLISECONDS = Fraction(1, 1000)
UNEVEN = np.cumsum(np.random.default_rng(5).integers(12, 90, 48)).tolist()
"""Milliseconds at which frames of a variable rate start."""

FASTSTART = {"movflags": "faststart"}
B_FRAMES = {"crf": "10", "preset": "medium"}


def late(frame: int) -> int:
    """Milliseconds: the first frame comes after a second."""
    return 1000 + 40 * frame


FAST_VP8 = {"b": "2M", "deadline": "realtime", "cpu-used": "8"}
VIDEOS = {
    "even.mp4": {"rate": NTSC, "time_base": 1 / NTSC, "container_options": FASTSTART, "options": B_FRAMES},
    "even.webm": {"rate": NTSC, "time_base": 1 / NTSC, "codec": "libvpx", "options": FAST_VP8},
    "uneven.mp4": {"pts": UNEVEN.__getitem__, "time_base": MILLISECONDS, "container_options": FASTSTART},
    "uneven.webm": {"pts": UNEVEN.__getitem__, "time_base": MILLISECONDS, "codec": "libvpx", "options": FAST_VP8},
    "late.mp4": {
        "pts": lambda k: 1000 + 40 * k,
        "time_base": MILLISECONDS,
        "sound": True,
        "container_options": FASTSTART,
    },
    "late.webm": {"pts": late, "time_base": MILLISECONDS, "codec": "libvpx", "options": FAST_VP8},
}
NUM_FRAMES = 48


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser):
    """Opens a file and collects what it complains of."""
    contexts = []

    def open_file(path: Path, width: int = 1280, height: int = 800, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on(
            "request", lambda r: page.complaints.append(r.url) if not r.url.startswith(("file:", "data:")) else None
        )
        page.goto(path.as_uri())
        return page

    yield open_file
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def films(tmp_path_factory) -> Path:
    """Videos whose frames carry their numbers, and an AVI; each with its page in a folder beside it.

    The name of their folder is odd on purpose.
    """
    folder = tmp_path_factory.mktemp("films") / "a film, 100 % #1?"
    folder.mkdir()
    for name, options in VIDEOS.items():
        make_video(folder / name, NUM_FRAMES, size_hw=SIZE_HW, **options)
    make_video(folder / "old.avi", NUM_FRAMES, codec="mpeg4", size_hw=SIZE_HW)
    for name in (*VIDEOS, "old.avi"):
        page = folder / "out" / name
        analysis, signals = crafted_timeline.analysis_of_video(folder / name, page)
        write_timeline(page, analysis, signals, relative_link(folder / name, page))
    return folder / "out"


PAINTED = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  let quiet = 0;
  for (let last = null; quiet < 4; await frame()) {
    const video = document.querySelector('#video');
    quiet = video.seeking || video.currentTime !== last ? 0 : quiet + 1;
    last = video.currentTime;
  }
}"""


def painted_number(page) -> int:
    """The number in the picture that the player shows now."""
    page.evaluate(PAINTED)
    picture = np.asarray(Image.open(io.BytesIO(page.locator("#video").screenshot())).convert("RGB"))
    scale = min(picture.shape[0] / SIZE_HW[0], picture.shape[1] / SIZE_HW[1])
    height, width = round(SIZE_HW[0] * scale), round(SIZE_HW[1] * scale)
    top, left = (picture.shape[0] - height) // 2, (picture.shape[1] - width) // 2
    return read_number(picture[top : top + height, left : left + width])


def wait_until_playable(page) -> None:
    page.wait_for_selector("body.is-ready")


def go_to(page, text: str) -> None:
    page.keyboard.press("g")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("name", VIDEOS)
def test_a_seek_shows_the_painted_frame(open_page, films, name):
    page = open_page(films / name / "timeline.html")
    wait_until_playable(page)
    assert painted_number(page) == 0
    for frame in (17, 30, 29, NUM_FRAMES - 1):
        go_to(page, str(frame))
        assert painted_number(page) == frame
    for key, expected in (("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        assert painted_number(page) == expected
    assert page.complaints == []


def test_an_avi_is_shown_by_its_pictures(open_page, films):
    page = open_page(films / "old.avi" / "timeline.html")
    page.wait_for_selector("#notice:not([hidden])")
    assert page.locator("#video").count() == 0
    assert page.locator("#still").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert page.locator("#strip button").count() >= 1
    page.keyboard.press("End")
    assert page.locator("#frame").text_content() == f"frame {NUM_FRAMES - 1} of {NUM_FRAMES}"


def test_a_moved_video_is_replaced_by_its_pictures(open_page, films, tmp_path):
    folder = shutil.copytree(films / "even.mp4", tmp_path / "elsewhere")
    page = open_page(folder / "timeline.html")
    page.wait_for_selector("#notice:not([hidden])")
    assert page.locator("#still").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    page.keyboard.press("ArrowRight")
    assert page.locator("#frame").text_content() == f"frame 1 of {NUM_FRAMES}"


@pytest.fixture(scope="module")
def crafted_page(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("crafted")
    analysis, signals = crafted_timeline.film_with_everything(folder)
    write_timeline(folder, analysis, signals, None)
    return folder / "timeline.html"


def position(page) -> str:
    return page.locator("#position").input_value()


def test_keys_go_everywhere(open_page, crafted_page):
    page = open_page(crafted_page)
    page.keyboard.press("n")
    first = page.locator("#frame").text_content()
    page.keyboard.press("n")
    assert page.locator("#frame").text_content() != first
    page.keyboard.press("p")
    assert page.locator("#frame").text_content() == first
    page.select_option("#labels", "0")
    page.locator("#scrub").focus()
    page.keyboard.press("Home")
    page.keyboard.press("n")
    assert page.locator("#frame").text_content() == "frame 20 of 251"
    page.keyboard.press("]")
    assert page.locator("#frame").text_content() == "frame 46 of 251"
    assert position(page) == "00:00:01:21"
    page.keyboard.press("[")
    assert page.locator("#frame").text_content() == "frame 20 of 251"
    page.keyboard.press("z")
    assert float(page.locator("#zoom").input_value()) > 0.3
    page.keyboard.press("0")
    assert float(page.locator("#zoom").input_value()) == 0
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()
    assert page.complaints == []


def test_long_films_stay_small(open_page, tmp_path):
    analysis, signals = crafted_timeline.long_film(tmp_path)
    write_timeline(tmp_path, analysis, signals, None)
    assert (tmp_path / "timeline.html").stat().st_size <= 8_000_000
    page = open_page(tmp_path / "timeline.html")
    assert page.evaluate("document.querySelectorAll('*').length") <= 5000
    page.keyboard.press("End")
    page.keyboard.press("p")
    assert page.locator("#frame").text_content() == "frame 179,940 of 180,000"
    assert page.locator("#list [aria-selected=true]").get_attribute("aria-posinset") == "3000"
    assert page.evaluate("document.querySelectorAll('*').length") <= 5000
    assert page.complaints == []
