"""How different the two sides of a gradual transition are, and the thumbnails that are kept to say so."""

import numpy as np
import pytest

from reelwise.analysis.shots.decoding import MAX_RUN, Calibration, TransitionDecoder
from reelwise.analysis.shots.descriptors import CELL_HW, THUMBNAIL_HW
from reelwise.analysis.shots.detector import ShotDetector
from reelwise.analysis.shots.features import Features
from reelwise.analysis.shots.network import FrameProbabilities, ShotNetwork
from reelwise.analysis.shots.sides import LARGEST_CHANGE, RecentThumbnails, change_between, is_blank

GREY = np.full((*THUMBNAIL_HW, 3), 100, np.uint8)


def test_something_that_moves_in_less_than_half_of_the_cells_is_no_change():
    moved = GREY.copy()
    moved[: CELL_HW[0]] = 200  # 4 of the 16 cells
    assert change_between(GREY, moved) == 0
    moved[: 3 * CELL_HW[0]] = 130
    assert change_between(GREY, moved) == pytest.approx(30)
    assert change_between(GREY, np.zeros_like(GREY)) == LARGEST_CHANGE


@pytest.mark.parametrize(("level", "spread", "expected"), [(0, 0, True), (12, 8, True), (255, 6, True), (60, 0, False)])
def test_black_and_white_are_blank(level: int, spread: int, expected: bool):
    noise = np.random.default_rng(0).uniform(-spread, spread, GREY.shape)
    thumbnail = np.clip(level + noise, 0, 255).astype(np.uint8)
    assert is_blank(thumbnail) is expected
    thumbnail[12:16, 20:30] = 128  # a title
    assert not is_blank(thumbnail)


def test_recent_thumbnails_go_by_the_number_of_the_frame():
    recent = RecentThumbnails(3)
    for level in (100, 110, 120, 130, 140):
        recent.add(np.full_like(GREY, level))
    assert recent.change(2, 4) == pytest.approx(20)
    assert recent.change(3, 4) == pytest.approx(10)
    for before, after in ((1, 4), (3, 5)):
        with pytest.raises(IndexError):
            recent.change(before, after)


def run_of(kind: int, start: int, end: int) -> FrameProbabilities:
    """300 frames of which some are half sure to lie within a transition of one kind."""
    kinds = np.tile(np.array([1.0, 0, 0, 0, 0], np.float32), (300, 1))
    kinds[start:end] = 0
    kinds[start:end, 0], kinds[start:end, kind] = 0.45, 0.55
    return FrameProbabilities(np.zeros(300, np.float32), kinds)


@pytest.mark.parametrize(("kind", "asks"), [(1, True), (2, False), (3, False), (4, True)])
def test_the_score_of_a_dissolve_or_wipe_knows_both_sides(kind: int, asks: bool):
    asked: list[tuple[int, int]] = []

    def change(before: int, after: int) -> float:
        asked.append((before, after))
        return 3.0

    calibration = Calibration(gradual=(1.0, -3.0, 0.0, 1.0), thresholds=(0.5, 0.0))
    decoder = TransitionDecoder(calibration, change=change)
    (transition,) = decoder.push(run_of(kind, 100, 120)) + decoder.finish()
    assert asked == ([(99, 120)] if asks else [])
    assert transition.score == pytest.approx(calibration.gradual_score(0.55, 20, 3.0 if asks else LARGEST_CHANGE))


@pytest.mark.parametrize("first", [1, 30, 61])  # of 61 the thumbnail is asked for last
def test_the_detector_keeps_both_sides_of_its_longest_transitions(monkeypatch: pytest.MonkeyPatch, first: int):
    """The frame before a run is asked for when the run is over; it must still be there, whatever the delay."""
    asked: list[tuple[int, int]] = []
    num_frames = 0
    honest_push, honest_change = ShotNetwork.push, RecentThumbnails.change

    def always_dissolve(network: ShotNetwork, features: Features) -> FrameProbabilities:
        nonlocal num_frames
        probabilities = honest_push(network, features)
        is_within = num_frames + np.arange(len(probabilities.cut)) >= first
        num_frames += len(is_within)
        kinds = np.eye(5, dtype=np.float32)[is_within.astype(int)]
        return FrameProbabilities(np.zeros_like(probabilities.cut), kinds)

    def change(recent: RecentThumbnails, before: int, after: int) -> float:
        asked.append((before, after))
        return honest_change(recent, before, after)

    monkeypatch.setattr(ShotNetwork, "push", always_dissolve)
    monkeypatch.setattr(RecentThumbnails, "change", change)
    detector = ShotDetector()
    for _ in range(3 * MAX_RUN):
        detector.push(GREY)
    detector.finish()
    assert asked[0] == (first - 1, first + MAX_RUN)
    assert {after - before for before, after in asked} == {MAX_RUN + 1}
