"""How late a finding of a growing video may come: the sentences of the guide hold, and name the constants."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from plain_film import plain_pictures, write_film

from reelwise.analysis.analyzer import Setup
from reelwise.analysis.catalogue import CATALOGUE
from reelwise.analysis.engine import VideoPass
from reelwise.analysis.motion.takes import MAX_WAIT
from reelwise.analysis.pictures import PictureStore
from reelwise.analysis.shots.detector import MAX_DELAY

GUIDE = Path(__file__).parents[3] / "docs/guides/analyze.md"
RATE = 25
MOST_FRAMES = {
    "shots": MAX_DELAY,
    "motion": MAX_WAIT + RATE,
    "quality": 2 * RATE,
    "sound": 2 * RATE,
    "onsets": 3 * RATE,
}
"""Behind the last frame of a finding."""


def pictures() -> Iterator[np.ndarray]:
    """A scene that stands still behind one that moves, and one that fades out into long black.

    The last one is long, so that nothing waits for the end alone.
    """
    shots = list(plain_pictures((40, 240, 40, 200)))
    yield from shots[:320]
    for step in range(60):
        yield (shots[319] * (1 - (step + 1) / 61)).astype(np.uint8)
    yield from [np.zeros_like(shots[0])] * 400
    yield from shots[320:]


@pytest.fixture(scope="module")
def findings(tmp_path_factory) -> list[tuple[str, int, int, int]]:
    """Analyzer, first and last frame of each finding, and how many frames were read when it came; not of the end."""
    folder = tmp_path_factory.mktemp("late")
    path = write_film(folder / "film.mkv", pictures(), RATE, has_sound=True)
    video_pass = VideoPass(path, CATALOGUE, Setup((0, 0)), PictureStore(folder / "pictures"))
    come = [(name, one.start_frame, one.end_frame, len(video_pass.clock())) for name, one in video_pass]
    num_frames = len(video_pass.clock())
    return [finding for finding in come if finding[3] < num_frames]


def test_a_finding_comes_as_soon_as_the_guide_says(findings):
    for name, most_frames in MOST_FRAMES.items():
        assert all(num_read - end <= most_frames for own, _, end, num_read in findings if own == name)
    assert {"shots", "quality", "keyframes", "motion", "sound", "onsets"} <= {name for name, *_ in findings}
    assert max(num_read - end for own, _, end, num_read in findings if own == "shots") == MAX_DELAY  # after the fade


def test_keyframes_come_with_their_shot(findings):
    shots = [(start, end, num_read) for name, start, end, num_read in findings if name == "shots"]
    for name, start, _, num_read in findings:
        if name == "keyframes":
            assert [read for first, end, read in shots if first <= start < end] == [num_read]


def test_the_guide_names_the_constants():
    text = GUIDE.read_text(encoding="utf-8")
    assert f"at most {MAX_DELAY} frames after its end" in text
    assert f"at most {MAX_WAIT} frames and a second after its end" in text
    assert "| `sound` | at most two seconds after its end;" in text
    assert "| `onsets` | at most three seconds after it |" in text
