"""Keyframes of shots, from pictures in memory."""

import cv2
import numpy as np
import pytest
from frame_views import PictureLedger, analyze_views, texture, views

from reelwise.analysis.analyzer import Finding, Setup
from reelwise.analysis.keyframes import ENTRY, Candidate, CandidatePool

SCENES = [texture(seed, (90, 160)) for seed in range(4)]


def shot(start: int, end: int) -> Finding:
    return Finding("shot", start, end, 1.0)


def frames_of(outcome) -> list[int]:
    return [one.start_frame for one in outcome.findings]


def test_a_shot_that_stays_the_same_has_one_keyframe():
    outcome = analyze_views(ENTRY, views([SCENES[0]] * 60, entries=[ENTRY]), [shot(0, 60)])
    assert len(outcome.findings) == 1
    assert outcome.findings[0].score == 1.0
    assert set(outcome.ledger.uses) == {outcome.findings[0].picture_frame}


def test_different_pictures_are_all_shown():
    pictures = [SCENES[place // 40] for place in range(120)]
    outcome = analyze_views(ENTRY, views(pictures, entries=[ENTRY]), [shot(0, 120)])
    assert [frame // 40 for frame in frames_of(outcome)] == [0, 1, 2]
    two = analyze_views(ENTRY, views(pictures, entries=[ENTRY]), [shot(0, 120)], keyframes=2)
    assert len(two.findings) == 2


def test_the_sharp_frame_is_taken_not_the_blurred_ones():
    blurred = cv2.GaussianBlur(SCENES[0], (0, 0), 4)
    pictures = [SCENES[0] if place == 33 else blurred for place in range(60)]
    outcome = analyze_views(ENTRY, views(pictures, entries=[ENTRY]), [shot(0, 60)])
    assert [one.start_frame for one in outcome.findings if one.score == 1.0] == [33]


def test_damaged_frames_are_left_out_while_there_are_others():
    noise = np.random.default_rng(1).integers(0, 256, (90, 160, 3), dtype=np.uint8)
    pictures = [noise if place in (20, 21) else SCENES[0] for place in range(60)]
    outcome = analyze_views(ENTRY, views(pictures, damaged=(20, 21), entries=[ENTRY]), [shot(0, 60)])
    assert frames_of(outcome)
    assert not {20, 21} & set(frames_of(outcome))
    assert (
        len(analyze_views(ENTRY, views(pictures[:3], damaged=(0, 1, 2), entries=[ENTRY]), [shot(0, 3)]).findings) == 1
    )


@pytest.mark.parametrize("length", [1, 2, 5])
def test_short_shots_have_one_inside(length):
    bounds = list(range(0, 60, length))
    pictures = [SCENES[place // length % 4] for place in range(60)]
    outcome = analyze_views(ENTRY, views(pictures, entries=[ENTRY]), [shot(start, start + length) for start in bounds])
    assert len(outcome.findings) == len(bounds)
    assert all(start <= frame < start + length for start, frame in zip(bounds, frames_of(outcome), strict=True))


def test_a_long_shot_has_keyframes_of_its_beginning_too():
    """Its first frames do not wait any more when it ends."""
    pictures = [SCENES[0] if place < 300 else SCENES[1] for place in range(1200)]
    outcome = analyze_views(ENTRY, views(pictures, entries=[ENTRY]), [shot(0, 1200)])
    assert len(outcome.findings) == 2
    assert frames_of(outcome)[0] < 300 <= frames_of(outcome)[1]
    assert set(outcome.ledger.uses) == set(frames_of(outcome)), "pictures that lost are deleted"


def test_frames_of_a_transition_before_a_shot_are_not_shown():
    pictures = [SCENES[0] if place < 290 else SCENES[1] for place in range(700)]
    outcome = analyze_views(ENTRY, views(pictures, entries=[ENTRY]), [shot(300, 700)])
    assert len(outcome.findings) == 1
    assert set(outcome.ledger.uses) == set(frames_of(outcome))


def test_the_candidates_of_an_open_shot_are_bounded():
    ledger = PictureLedger()
    pool = CandidatePool(6, Setup((90, 160), keep_picture=ledger.keep, drop_picture=ledger.drop))
    rng = np.random.default_rng(0)
    for frame in range(500):
        ledger.newest = frame
        pool.add(Candidate(frame, float(rng.random()), rng.random(432, np.float32) * 255, is_damaged=False))
        assert len(ledger.uses) <= 6
    assert len(pool.take(0, 500)) == 6
