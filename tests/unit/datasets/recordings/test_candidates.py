"""Pieces of videos, and which others they vote for."""

import numpy as np

from reelwise.datasets.recordings.candidates import cut_pieces, find_candidates
from reelwise.datasets.recordings.fingerprints import RATE, Fingerprint, mirror
from reelwise.datasets.recordings.usual_motion import learn_usual_motion


def fingerprint(pictures, seconds=None):
    seconds = np.arange(len(pictures)) / RATE if seconds is None else seconds
    return Fingerprint(pictures.astype(np.float16), pictures.astype(np.float16), seconds.astype(np.float32))


def moving(seed, num=60):
    return np.random.default_rng(seed).normal(0, 4, (num, 256)).cumsum(0)


def test_pieces_are_of_twelve_seconds_and_stop_at_gaps():
    seconds = np.concatenate([np.arange(500), 1000 + np.arange(100)]) / RATE
    pieces = cut_pieces([fingerprint(moving(0, 600), seconds), fingerprint(moving(1, 30))])
    assert [(piece.video, piece.start, piece.end) for piece in pieces] == [
        (0, 0, 250), (0, 250, 500), (0, 500, 600), (1, 0, 30),
    ]  # fmt: skip


def test_a_mirrored_copy_is_voted_for_and_videos_of_one_home_are_not():
    prints = [fingerprint(moving(seed)) for seed in range(6)]
    prints.append(fingerprint(mirror(moving(2)) + 0.1))
    motion, pieces = learn_usual_motion(prints), cut_pieces(prints)
    pairs = {
        (item.piece.video, item.other.video, item.is_mirrored)
        for item in find_candidates(prints, pieces, motion, range(7))
    }
    assert pairs & {(2, 6, True), (6, 2, True)}
    at_home = find_candidates(prints, pieces, motion, [0, 1, 2, 3, 4, 5, 2])
    assert not any({item.piece.video, item.other.video} == {2, 6} for item in at_home)
