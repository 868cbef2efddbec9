"""Moving sprites: the tracks are exact, one passes in front of the other, and the label tells how that one goes."""

import csv

import numpy as np
import pytest

from reelwise.core.errors import DataError
from reelwise.media.synthetic import Style, tracks_from_text, tracks_to_text, write_synthetic_set
from reelwise.media.synthetic.moving_digits import MOVING_STYLE
from reelwise.media.synthetic.moving_sprites import BACKGROUND_RGB, DIRECTIONS, SPEEDS, moving_sprites_clips

CLIPS = list(moving_sprites_clips(16, 4, MOVING_STYLE))
WIDEST = 2 * 0.17 * MOVING_STYLE.size + 2
"""Pixels between the middles from which on two sprites are apart."""


def paint(frame: np.ndarray) -> np.ndarray:
    """(H, W) how far each pixel is from the background."""
    return np.abs(frame.astype(float) - BACKGROUND_RGB).sum(2)


def apart(tracks: np.ndarray) -> np.ndarray:
    """(T,) bool."""
    return np.hypot(*(tracks[0] - tracks[1]).T) > WIDEST


def test_tracks_are_the_centres_of_mass() -> None:
    num_checked = 0
    rows, columns = np.indices((64, 64))
    for clip in CLIPS:
        for number in np.flatnonzero(apart(clip.tracks)):
            painted_area = paint(clip.frames[number])
            for x, y in clip.tracks[:, number]:
                weight = painted_area * (np.hypot(columns - x, rows - y) < WIDEST / 2)
                centre = np.array([(weight * columns).sum(), (weight * rows).sum()]) / weight.sum()
                np.testing.assert_allclose(centre, (x, y), atol=0.15)
                num_checked += 1
    assert num_checked > 200


def test_sprites_stay_inside() -> None:
    for clip in moving_sprites_clips(8, 1, Style(size=64, num_frames=150, frame_rate=25.0, noise=0.0)):
        area = [paint(clip.frames[number]).sum() for number in np.flatnonzero(apart(clip.tracks))]
        np.testing.assert_allclose(area, np.mean(area), rtol=0.02)
        assert clip.tracks.min() >= 0.13 * 64
        assert clip.tracks.max() <= 63 - 0.13 * 64


def test_the_front_sprite_passes_in_front_of_the_other() -> None:
    for clip in CLIPS:
        back, front = clip.tracks
        meeting = int(np.argmin(np.hypot(*(front - back).T)))
        x, y = np.round(front).astype(int).T
        colours = clip.frames[np.arange(40), y, x].astype(int)
        assert np.abs(colours - colours[0]).max() <= 1  # the front one shows whole in every frame
        is_front = np.abs(clip.frames[meeting].astype(int) - colours[0]).max(2) <= 1
        x, y = np.round(back[meeting]).astype(int)
        assert is_front[y - 2 : y + 3, x - 2 : x + 3].any()  # and hides the middle of the other


def test_the_label_tells_shape_direction_and_speed_of_the_front_sprite() -> None:
    num_checked = 0
    for clip in moving_sprites_clips(64, 2, Style(size=64, num_frames=8, frame_rate=25.0, noise=0.0)):
        shape, direction, speed = clip.label.split("-")
        assert clip.columns == {"shape": shape, "direction": direction, "speed": speed}
        steps = np.diff(clip.tracks[1], axis=0)
        lengths = np.hypot(*steps.T)
        low, high = SPEEDS[speed]
        assert low <= lengths.max() * 25 / 64 <= high
        if lengths[0] > 0.999 * lengths.max():  # no bounce in the first step
            heading = np.arctan2(steps[0, 1], steps[0, 0])
            turn = np.angle(np.exp(1j * (heading - DIRECTIONS[direction])))
            assert abs(turn) <= np.pi / 6 + 1e-6
            num_checked += 1
    assert num_checked > 50


def test_the_list_holds_the_tracks(tmp_path) -> None:
    style = Style(size=32, num_frames=6, noise=0.0)
    path = write_synthetic_set("moving_sprites", tmp_path / "set", 4, seed=7, style=style)
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["file", "label", "shape", "direction", "speed", "tracks"]
    for row, clip in zip(rows, moving_sprites_clips(4, 7, style), strict=True):
        np.testing.assert_allclose(tracks_from_text(row["tracks"]), clip.tracks, atol=0.0006)


def test_tracks_come_back_from_text() -> None:
    tracks = np.random.default_rng(0).uniform(0, 64, (2, 5, 2))
    np.testing.assert_allclose(tracks_from_text(tracks_to_text(tracks)), tracks, atol=0.0006)


@pytest.mark.parametrize(
    "text", ["", "[]", "[[1,2]]", "[[[1,2,3]]]", '[[["a",2]]]', "[[[1,2]],[]]", "[[[NaN,1]]]", "[" * 9999]
)
def test_other_text_is_no_track(text: str) -> None:
    with pytest.raises(DataError, match="expected JSON such as"):
        tracks_from_text(text)
