from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelwise.media.writers import repeatable
from reelwise.media.writers.repeatable import write_repeatable_video
from reelwise.media.writers.writer import Encoding


@pytest.mark.parametrize(
    ("contents", "kept"), [("aa", "a"), ("aba", "a"), ("abb", "b"), ("abcc", "c"), ("abcdef", "f")]
)
def test_the_bytes_that_come_twice_are_kept(tmp_path, monkeypatch, contents, kept):
    waiting = list(contents)

    def write(path: Path, *arguments: object, **options: object) -> None:
        path.write_text(waiting.pop(0))

    monkeypatch.setattr(repeatable, "write_video", write)
    write_repeatable_video(tmp_path / "a.mp4", np.zeros((1, 8, 8, 3), np.uint8), Fraction(10), Encoding())
    assert (tmp_path / "a.mp4").read_text() == kept
    assert waiting == []


def test_a_video_is_the_same_as_from_the_writer(tmp_path):
    frames = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), np.uint8)
    for name in ("a.mp4", "b.mp4"):
        write_repeatable_video(tmp_path / name, frames, Fraction(10), Encoding(max_b_frames=0))
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
