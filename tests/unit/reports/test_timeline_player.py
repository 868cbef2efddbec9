"""The player of timeline.html in a real browser: the frame that is painted, and what is shown where none can be."""

import io
import shutil
from fractions import Fraction
from pathlib import Path

import crafted_timeline
import numpy as np
import pytest
from browser_checks import NEEDS_BROWSER, go_to
from crafted import make_video
from frame_numbers import read_number
from PIL import Image

from reelwise.reports.timeline import relative_link, write_timeline

pytestmark = NEEDS_BROWSER

SIZE_HW = (96, 160)
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


MAX_LOOKS = 50
"""At the screen, until the right frame must be there."""

VIEWPORT = (480, 480)
"""Pixels: half the width of the picture to take and to read."""

PAINTED = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  let quiet = 0;
  for (let last = null; quiet < 4; await frame()) {
    const video = document.querySelector('#video');
    const isMoving = video.seeking || document.body.classList.contains('is-seeking');
    quiet = isMoving || video.currentTime !== last ? 0 : quiet + 1;
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


def assert_painted(page, number: int) -> None:
    """The player comes to show a frame: on a busy machine the screen follows the page late."""
    for _ in range(MAX_LOOKS):
        if painted_number(page) == number:
            return
        page.wait_for_timeout(100)
    assert painted_number(page) == number


def wait_until_playable(page) -> None:
    page.wait_for_selector("body.is-ready")


LATE_PAINTS = """
  const request = HTMLVideoElement.prototype.requestVideoFrameCallback;
  HTMLVideoElement.prototype.requestVideoFrameCallback = function (callback) {
    return request.call(this, (...facts) => setTimeout(() => callback(...facts), 500));
  };
"""


@pytest.mark.parametrize("name", ["uneven.mp4", "uneven.webm"])
def test_a_machine_that_says_late_what_it_painted_comes_to_the_frame_all_the_same(open_page, films, name):
    page = open_page(films / name / "timeline.html", *VIEWPORT, script=LATE_PAINTS)
    wait_until_playable(page)
    for frame in (17, 30, 29, 5):
        go_to(page, str(frame))
        go_to(page, str(frame))  # again, while the first is under way
        assert_painted(page, frame)
    assert painted_number(page) == frame  # and goes on showing it


@pytest.mark.parametrize("name", VIDEOS)
def test_a_seek_shows_the_painted_frame(open_page, films, name):
    page = open_page(films / name / "timeline.html", *VIEWPORT)
    wait_until_playable(page)
    assert_painted(page, 0)
    for frame in (17, 30, 29, NUM_FRAMES - 1):
        go_to(page, str(frame))
        assert_painted(page, frame)
    for key, expected in (("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        assert_painted(page, expected)
    assert painted_number(page) == expected  # and goes on showing it
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
