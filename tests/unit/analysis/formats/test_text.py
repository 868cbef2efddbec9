"""What names and measures look like as text."""

from fractions import Fraction

import crafted_tracks
import pytest

from reelwise.analysis.formats.text import measures_text, video_address, video_name, video_stem
from reelwise.analysis.results import Item


@pytest.mark.parametrize(
    ("score", "text"), [(1.0, "strength 2"), (0.998, "strength 2"), (0.99, "score 0.99, strength 2")]
)
def test_a_score_that_reads_as_one_goes_without_saying(score: float, text: str) -> None:
    start = crafted_tracks.craft_rate(Fraction(25)).clock.moment(0)
    assert measures_text(Item("", "freeze", score, start, start, values={"strength": 2.0}), {}) == text


def test_a_video_from_stdin_has_a_name_and_no_address() -> None:
    analysis = crafted_tracks.craft_rate(Fraction(25), file="-").analysis
    assert (video_name(analysis), video_stem(analysis), video_address(analysis)) == ("stdin", "stdin", None)
