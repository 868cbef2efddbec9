"""The track of shots: every shot has a picture of its own, however late it is known to have begun."""

import numpy as np
import pytest
from frame_views import analyze_views, texture, views

from reelwise.analysis.pictures import PICTURE_WINDOW
from reelwise.analysis.shots.analyzer import ENTRY


def scene(seed: int, num_frames: int) -> list[np.ndarray]:
    return [texture(seed)[:54, place // 8 : place // 8 + 96] for place in range(num_frames)]


@pytest.mark.parametrize("min_shot", [0, 30, PICTURE_WINDOW + 30])
def test_each_shot_has_a_picture_of_its_own(min_shot: int) -> None:
    length = PICTURE_WINDOW + 60
    frames = views([*scene(1, length), *scene(2, length), *scene(3, 20)], entries=(ENTRY,))
    outcome = analyze_views(ENTRY, frames, min_shot=min_shot)
    ends = [length, 2 * length, 2 * length + 20] if min_shot == 0 else [length, 2 * length + 20]
    assert outcome.spans("shot") == list(zip([0, *ends[:-1]], ends, strict=True))
    assert all(one.start_frame <= one.picture_frame < one.end_frame for one in outcome.findings)
