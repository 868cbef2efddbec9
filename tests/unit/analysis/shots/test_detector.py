"""The shot detector on made-up clips: what it must find, and what must not fool it."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from reelwise.analysis.shots.descriptors import THUMBNAIL_HW
from reelwise.analysis.shots.detector import MAX_DELAY, ShotDetector
from reelwise.analysis.shots.transitions import Transition

ROWS, COLUMNS = np.mgrid[: THUMBNAIL_HW[0], : THUMBNAIL_HW[1]]


def shot(seed: int, num_frames: int) -> np.ndarray:
    """(T, 28, 48, 3) float: a soft picture over which the camera moves slowly."""
    rng = np.random.default_rng(seed)
    grid = rng.uniform(20, 235, (7, 12, 3)).astype(np.float32)
    wide = cv2.resize(grid, (96, 28), interpolation=cv2.INTER_CUBIC).clip(0, 255)
    places = (np.arange(num_frames) * 0.15).astype(int) % 48
    return np.stack([wide[:, place : place + 48] for place in places]).astype(np.float64)


def mixed(alpha: np.ndarray, old: np.ndarray, new: np.ndarray) -> np.ndarray:
    return old + alpha.reshape(len(old), -1, alpha.shape[-1] if alpha.ndim == 3 else 1, 1) * (new - old)


def detect(frames: np.ndarray, damaged: frozenset[int] = frozenset(), **options: float) -> list[Transition]:
    detector = ShotDetector(**options)  # pyright: ignore[reportArgumentType]
    pictures = frames.round().clip(0, 255).astype(np.uint8)
    transitions = [
        one for place, picture in enumerate(pictures) for one in detector.push(picture, is_damaged=place in damaged)
    ]
    return transitions + detector.finish()


def spans(transitions: list[Transition]) -> list[tuple[str, int, int]]:
    return [(one.type, one.start_frame, one.end_frame) for one in transitions]


def test_cuts_are_found_to_the_frame_and_so_is_a_shot_of_one_frame() -> None:
    frames = np.concatenate([shot(1, 50), shot(2, 1), shot(3, 60), shot(4, 40)])
    assert spans(detect(frames)) == [("cut", 50, 50), ("cut", 51, 51), ("cut", 111, 111)]


def gradual(make: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> np.ndarray:
    """70 frames of one shot, 20 of both, 70 of the other."""
    old, new = shot(1, 90), shot(2, 90)
    return np.concatenate([old[:70], make(old[70:], new[:20]), new[20:]])


PROGRESS = np.arange(1, 21) / 21


def dissolve(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    return mixed(PROGRESS, old, new)


def fade(level: float) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    def through(old: np.ndarray, new: np.ndarray) -> np.ndarray:
        out = np.clip(1 - np.arange(1, 21) / 9, 0, 1)[:, None, None, None]
        into = np.clip((np.arange(20) - 10) / 10, 0, 1)[:, None, None, None]
        return level + out * (old - level) + into * (new - level)

    return through


def wipe(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    return mixed((COLUMNS[None] < (PROGRESS * 48)[:, None, None]).astype(float), old, new)


@pytest.mark.parametrize(
    ("name", "make"),
    [("dissolve", dissolve), ("fade_black", fade(0)), ("fade_white", fade(255)), ("wipe", wipe)],
)
def test_gradual_transitions_have_their_type_and_their_frames(
    name: str, make: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> None:
    (found,) = detect(gradual(make))
    assert found.type == name
    overlap = min(found.end_frame, 90) - max(found.start_frame, 70)
    assert overlap / (max(found.end_frame, 90) - min(found.start_frame, 70)) >= 0.6
    assert found.score > 0.5


def flash(frames: np.ndarray) -> None:
    frames[60:63] += 0.8 * (255 - frames[60:63])


def ball(frames: np.ndarray) -> None:
    for place in range(30):
        inside = np.hypot(COLUMNS - (-10 + 2.4 * place), ROWS - 14) < 9
        frames[50 + place][inside] = (200, 40, 30)


def exposure_jump(frames: np.ndarray) -> None:
    frames[70:] *= 0.6


def freeze(frames: np.ndarray) -> None:
    frames[60:75] = frames[60]


@pytest.mark.parametrize("disturb", [flash, ball, exposure_jump, freeze])
def test_what_happens_within_a_shot_is_no_boundary(disturb: Callable[[np.ndarray], None]) -> None:
    frames = shot(1, 150)
    disturb(frames)
    assert detect(frames) == []


def test_damage_alone_makes_no_boundary_and_hides_none() -> None:
    frames = np.concatenate([shot(1, 60), shot(2, 60)])
    frames[:3] = frames[30:35] = (0, 255, 0)
    damaged = frozenset([0, 1, 2, *range(30, 35)])
    assert spans(detect(frames, damaged)) == [("cut", 60, 60)]
    assert detect(frames, frozenset(range(120))) == []


@pytest.mark.parametrize("num_frames", [0, 1, 2, 63, 64, 65])
def test_short_videos_have_no_boundaries(num_frames: int) -> None:
    assert detect(np.zeros((num_frames, *THUMBNAIL_HW, 3))) == []


def test_a_transition_is_given_within_a_window_and_not_only_at_the_end() -> None:
    frames = np.concatenate([shot(1, 50), shot(2, 250)]).round().astype(np.uint8)
    detector = ShotDetector()
    places = [place for place, picture in enumerate(frames) for _ in detector.push(picture)]
    assert len(places) == 1
    assert places[0] <= 50 + MAX_DELAY
    assert detector.finish() == []


def test_thumbnails_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="got float64"):
        ShotDetector().push(np.zeros((*THUMBNAIL_HW, 3)))
    with pytest.raises(ValueError, match=r"got uint8 \(27, 48, 3\)"):
        ShotDetector().push(np.zeros((27, 48, 3), np.uint8))
