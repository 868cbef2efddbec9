"""The report in a real browser: no sideways scrolling, no complaint in the console, readable contrast."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from browser_checks import CONTRAST, NEEDS_BROWSER

from reelwise.core.files import write_text
from reelwise.core.frames import FrameTimes
from reelwise.core.intervals import Interval
from reelwise.core.sound import Sound
from reelwise.core.video import SoundFacts, VideoFacts, VideoWarning, WarningKind
from reelwise.media.writers.preview import write_sounding_preview
from reelwise.reports.report_data import ClipSound, ExampleClip
from reelwise.reports.run_report import write_report
from reelwise.reports.sound_overview import summarize_sound
from reelwise.reports.spectrogram import make_spectrogram, spectrogram_png
from reelwise.reports.video_page import Thumbnail, VideoOverview, render_video_page

pytestmark = NEEDS_BROWSER


def sounding_clip(folder: Path, pixel: bytes) -> ExampleClip:
    """Two seconds of picture, with sound but for the last quarter."""
    time = np.arange(48_000) / 24_000
    samples = (0.3 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
    sound = Sound(samples, 24_000, present=(Interval(0, 36_000),))
    frames = np.random.default_rng(0).integers(0, 256, (20, 96, 128, 3), np.uint8)
    content = write_sounding_preview(
        frames, FrameTimes(np.arange(20, dtype=np.int64), 20, Fraction(1, 10)), sound, folder
    )
    shown = make_spectrogram(sound, Fraction(0), Fraction(2), 200)
    heard = ClipSound(spectrogram_png(shown), 2.0, shown.top_hz, shown.holes)
    return ExampleClip("a.mp4", "hug", "kick", 0.9, 0.1, "worst", content, "video/mp4", pixel, heard)


@pytest.fixture(scope="module")
def pages(tmp_path_factory, make_report, make_task_report, make_bare_report, pixel) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    long_word = "Donaudampfschifffahrtsgesellschaftskapitänsmütze" * 3
    reports = {
        "three": make_report(),
        "long": make_report((long_word, "b", "c"), text=long_word),
        "twenty": make_report(tuple(f"class number {i}" for i in range(20))),
        "many": make_report(tuple(f"{long_word} {i}" for i in range(400)), 400),
        "bare": make_bare_report(("a", "b")),
        "labels": make_task_report("multilabel", long_word),
        "numbers": make_task_report("regression", long_word),
        "sounding": replace(make_report(), examples=(sounding_clip(folder, pixel), *make_report().examples)),
    }
    for name, data in reports.items():
        write_report(folder / f"{name}.html", data)
    write_text(folder / "video.html", render_video_page(video_overview(), (("picture", "h264"),), 12345))
    write_text(folder / "mute.html", render_video_page(replace(video_overview(), sound=None, thumbnails=()), (), 1))
    return {name: folder / f"{name}.html" for name in [*reports, "video", "mute"]}


def video_overview() -> VideoOverview:
    """A video with pictures and sound, and a long word for a name."""
    long_word = "Donaudampfschifffahrtsgesellschaftskapitänsmütze" * 2
    facts = VideoFacts(100, 64, 48, 4.0, Fraction(25), False, 0, "h264", "mov,mp4", SoundFacts("aac", 16000, 1),
                       {long_word: long_word}, (VideoWarning(WarningKind.OTHER, long_word),))  # fmt: skip
    rng = np.random.default_rng(0)
    thumbnails = tuple(Thumbnail(i / 2, rng.integers(0, 256, (48, 64, 3), np.uint8)) for i in range(8))
    samples = rng.normal(0, 0.1, 3 * 16000).astype(np.float32)
    samples[16000:32000] = 0
    return VideoOverview(long_word, facts, thumbnails, "", summarize_sound(Sound(samples, 16000), Fraction(4)))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize(
    "name", ["three", "long", "twenty", "many", "bare", "labels", "numbers", "sounding", "video", "mute"]
)
def test_fits_and_complains_of_nothing(open_page, pages, name, width, scheme):
    page = open_page(pages[name], width, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.complaints == []
    assert page.evaluate("getComputedStyle(document.body).maxWidth") == "none"  # the style sheet was accepted ...
    assert page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") == "1056px"  # ... by its hash


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["three", "labels", "numbers", "sounding", "video"])
def test_every_text_can_be_read(open_page, pages, name, scheme):
    page = open_page(pages[name], color_scheme=scheme)
    assert page.evaluate(CONTRAST) == []


def test_every_picture_is_shown(open_page, pages):
    page = open_page(pages["three"])
    sizes = page.evaluate("Promise.all([...document.images].map(i => i.decode().then(() => i.naturalWidth)))")
    assert sizes == [1, 1]


PLAYED = """async () => {
  const video = document.querySelector('.clips video');
  const before = [video.paused, video.tabIndex];
  await new Promise(done => video.readyState >= 1 ? done() : video.addEventListener('loadedmetadata', done));
  await video.play();
  await new Promise(done => video.addEventListener('ended', done));
  return {before, error: video.error && video.error.message, seconds: video.duration, muted: video.muted,
          sound: video.webkitAudioDecodedByteCount, picture: video.webkitDecodedFrameCount, width: video.videoWidth};
}"""


def test_a_clip_plays_with_sound(open_page, pages):
    page = open_page(pages["sounding"])
    found = page.evaluate(PLAYED)
    assert found["before"] == [True, 0]  # silent until someone asks, and reached by keyboard
    assert found["error"] is None
    assert not found["muted"]
    assert found["seconds"] == pytest.approx(2.0, abs=0.1)
    assert found["sound"] > 1000
    assert found["picture"] >= 15
    assert found["width"] == 128


def test_the_spectrogram_lies_under_the_picture(open_page, pages):
    page = open_page(pages["sounding"], 390)
    boxes = [page.locator(f".clips {name}").first.bounding_box() for name in ("video", "svg.spectrogram")]
    hole = page.locator("svg.spectrogram rect").first.bounding_box()
    assert boxes[0]["x"] == boxes[1]["x"]
    assert boxes[0]["width"] == boxes[1]["width"]
    assert boxes[1]["y"] == pytest.approx(boxes[0]["y"] + boxes[0]["height"], abs=1)
    assert hole["x"] - boxes[1]["x"] == pytest.approx(0.75 * boxes[1]["width"], abs=4)


def test_stills_are_printed(open_page, pages):
    page = open_page(pages["sounding"])
    page.emulate_media(media="print")
    assert page.locator(".clips video").first.is_hidden()
    assert page.locator(".clips .printed").first.is_visible()
