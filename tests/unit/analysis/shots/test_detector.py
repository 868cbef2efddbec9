"""The shot detector on made-up clips: what it must find, and what must not fool it."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from reelwise.analysis.shots.decoding import Calibration
from reelwise.analysis.shots.descriptors import THUMBNAIL_HW
from reelwise.analysis.shots.detector import MAX_DELAY, ShotDetector
from reelwise.analysis.shots.features import Features
from reelwise.analysis.shots.network import FrameProbabilities, ShotNetwork
from reelwise.analysis.shots.transitions import Transition
from reelwise.analysis.shots.weights import shipped_weights

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


@pytest.mark.parametrize("level", [0, 255])
@pytest.mark.parametrize("num_blank", [1, 10, 60])
def test_a_video_that_fades_out_has_no_shot_after_that(level: int, num_blank: int) -> None:
    old = shot(1, 100)
    weights = 1 - np.arange(1, 13)[:, None, None, None] / 12
    tail = np.full((num_blank, *THUMBNAIL_HW, 3), level)
    noise = np.random.default_rng(0).normal(0, 1, tail.shape)
    frames = np.concatenate([old[:88], level + weights * (old[88:] - level), tail + noise])
    assert detect(frames) == []
    assert detect(frames, min_shot=5) == []


@pytest.mark.parametrize("num_blank", [0, 8, 60])
def test_a_fade_through_black_to_another_shot_stays(num_blank: int) -> None:
    old, new = shot(1, 90), shot(2, 90)
    out, into = (weights[:, None, None, None] for weights in (1 - np.arange(1, 13) / 12, np.arange(12) / 12))
    black = np.zeros((num_blank, *THUMBNAIL_HW, 3))
    found = detect(np.concatenate([old[:78], out * old[78:], black, into * new[:12], new[12:]]))
    assert {one.type for one in found} == {"fade_black"}
    assert abs(found[0].start_frame - 78) <= 2
    assert abs(found[-1].end_frame - (102 + num_blank)) <= 2
    assert len(found) == (2 if num_blank == 60 else 1)


def test_a_title_on_black_is_a_shot() -> None:
    old, title = shot(1, 90), np.zeros((40, *THUMBNAIL_HW, 3))
    title[:, 12:16, 10:38] = 230
    weights = 1 - np.arange(1, 13)[:, None, None, None] / 12
    assert len(detect(np.concatenate([old[:78], weights * old[78:], title]))) >= 1


def test_no_shot_is_shorter_than_the_least_length_the_last_one_neither() -> None:
    frames = np.concatenate([shot(1, 50), shot(2, 60), shot(3, 4)])
    assert spans(detect(frames)) == [("cut", 50, 50), ("cut", 110, 110)]
    assert spans(detect(frames, min_shot=4)) == [("cut", 50, 50), ("cut", 110, 110)]
    assert spans(detect(frames, min_shot=5)) == [("cut", 50, 50)]


def test_a_boundary_at_damage_that_is_not_believed_hides_no_other_one(monkeypatch: pytest.MonkeyPatch) -> None:
    num_frames, honest_push = 0, ShotNetwork.push

    def two_cuts(network: ShotNetwork, features: Features) -> FrameProbabilities:
        nonlocal num_frames
        size = len(honest_push(network, features).cut)
        frames = num_frames + np.arange(size)
        num_frames += size
        cut = np.select([frames == 56, frames == 60], [0.6, 0.95], 0.01)
        return FrameProbabilities(cut, np.tile(np.eye(5)[0], (size, 1)))

    monkeypatch.setattr(ShotNetwork, "push", two_cuts)
    weights = replace(shipped_weights(), calibration=Calibration())
    detector = ShotDetector(min_shot=8, weights=weights)
    frame = shot(1, 1)[0].astype(np.uint8)
    found = [one for place in range(120) for one in detector.push(frame, is_damaged=50 <= place < 56)]
    assert spans(found + detector.finish()) == [("cut", 60, 60)]


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


def strobe(frames: np.ndarray) -> None:
    for start in range(40, 110, 6):  # four a second
        frames[start : start + 2] += 0.7 * (255 - frames[start : start + 2])


def dark_strobe(frames: np.ndarray) -> None:
    for start in range(40, 110, 5):
        frames[start] *= 0.15


def whip_pan(frames: np.ndarray) -> None:
    """The camera swings by more than a picture's width in a quarter of a second, with the blur of that."""
    grid = np.random.default_rng(7).uniform(20, 235, (7, 40, 3)).astype(np.float32)
    wide = cv2.resize(grid, (320, THUMBNAIL_HW[0]), interpolation=cv2.INTER_CUBIC).clip(0, 255)
    places = np.round(100 + 70 / (1 + np.exp(-(np.arange(len(frames)) - 75) / 1.2))).astype(int)
    for place, (left, before) in enumerate(zip(places, [places[0], *places[:-1]], strict=True)):
        blur = max(int(abs(left - before)), 1)
        frames[place] = cv2.blur(wide, (blur, 1))[:, left : left + THUMBNAIL_HW[1]]


def shake(frames: np.ndarray) -> None:
    """As in benchmarks/shot_distractors.py: a small tremor always, and blows of up to a tenth of the picture."""
    grid = np.random.default_rng(8).uniform(20, 235, (9, 16, 3)).astype(np.float32)
    wide = cv2.resize(grid, (72, 44), interpolation=cv2.INTER_CUBIC).clip(0, 255)
    rng = np.random.default_rng(9)
    offsets = rng.normal(0, 0.4, (len(frames), 2))  # rows and columns of the thumbnail
    for start in (20, 50, 85, 120):
        offsets[start : start + 8] += rng.normal(0, 2.6, (8, 2))
    for place, (down, right) in enumerate(offsets.clip(-6, 6)):
        matrix = np.array([[1.0, 0, 12 + right], [0, 1, 8 + down]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        frames[place] = cv2.warpAffine(wide, matrix, THUMBNAIL_HW[::-1], flags=flags)


def captions(frames: np.ndarray) -> None:
    for start, columns in ((30, slice(8, 40)), (60, slice(12, 36)), (95, slice(6, 42))):
        frames[start : start + 22, 22:25, columns] = 240
        frames[start : start + 22, 23, columns.start : columns.stop : 3] = 20


def repeated_frames(frames: np.ndarray) -> None:
    """A film of 12 frames a second shown at 25, and a stutter."""
    frames[:] = frames[np.arange(len(frames)) // 2 * 2]
    frames[80:84] = frames[80]


DISTURBANCES = (
    flash,
    ball,
    exposure_jump,
    freeze,
    strobe,
    dark_strobe,
    whip_pan,
    shake,
    captions,
    repeated_frames,
)


@pytest.mark.parametrize("disturb", DISTURBANCES)
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
