"""The same recording is known again; another take of the same scene is not."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.video import VideoFacts
from reelwise.datasets.recordings import candidates
from reelwise.datasets.recordings.alignment import align
from reelwise.datasets.recordings.duplicates import Duplicate, find_duplicates, join_sets, without_chains
from reelwise.datasets.recordings.fingerprints import make_fingerprint, max_seconds
from reelwise.datasets.recordings.matches import Match

SIZE = 96
FACTS = VideoFacts(1, SIZE, SIZE, 1.0, Fraction(30), False, 0, "h264", "mov")


def scene(seed):
    """A textured ground."""
    coarse = np.random.default_rng(seed).normal(128, 40, (8, 8))
    return np.kron(coarse, np.ones((SIZE // 8, SIZE // 8)))


def film(seed, ground, num_frames=60):
    """A blob that wanders over the ground, its way drawn by the seed."""
    rng = np.random.default_rng([7, seed])
    steps = rng.normal(0, 1, (num_frames, 2)).cumsum(0)
    way = SIZE / 2 + SIZE / 3 * np.sin(steps / 6 + rng.uniform(0, 6, 2))
    y, x = np.mgrid[:SIZE, :SIZE]
    blobs = np.exp(-((y - way[:, 0, None, None]) ** 2 + (x - way[:, 1, None, None]) ** 2) / 162)
    return ground + 90 * blobs


def video(frames, rate=30, noise=0.0, seed=0):
    seed = seed or int(frames.sum()) % 1000  # no two videos have the same noise
    noisy = frames + np.random.default_rng(seed).normal(0, noise, frames.shape)
    pixels = np.repeat(np.clip(noisy, 0, 255).astype(np.uint8)[..., None], 3, 3)
    times = FrameTimes(np.arange(len(frames), dtype=np.int64), len(frames), Fraction(1, rate))
    return DecodedVideo(pixels, times, FACTS)


CHANGES = {
    "noise": lambda frames: video(frames, noise=4),
    "mirror": lambda frames: video(frames[:, :, ::-1], noise=2),
    "start": lambda frames: video(frames[20:], noise=2),
    "end": lambda frames: video(frames[:40], noise=2),
    "bright": lambda frames: video(frames * 0.7 + 40, noise=2),
    "rate": lambda frames: video(frames[::2], rate=15, noise=2),
    "fast": lambda frames: video(frames, rate=33, noise=2),
    "slow": lambda frames: video(frames, rate=27, noise=2),
    "crop": lambda frames: video(frames[:, 4:-5, 5:-4], noise=2),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_is_found(change):
    takes = [film(seed, scene(seed % 2)) for seed in range(8)]
    prints = [make_fingerprint(video(take)) for take in takes]
    prints += [make_fingerprint(CHANGES[change](take)) for take in takes[:3]]
    pairs = find_duplicates(prints)
    assert {(pair.first, pair.second) for pair in pairs} == {(0, 8), (1, 9), (2, 10)}
    assert {pair.is_mirrored for pair in pairs} == {change == "mirror"}
    if change == "start":
        assert all(abs(-pair.match.offset_seconds - 20 / 30) <= 0.05 for pair in pairs)


def test_takes_of_one_scene_are_not_one_recording():
    prints = [make_fingerprint(video(film(seed, scene(0)), noise=1, seed=seed)) for seed in range(24)]
    assert not find_duplicates(prints)


def test_a_still_scene_filmed_twice_is_not_one_recording():
    ground = np.repeat(scene(0)[None], 40, 0)
    prints = [make_fingerprint(video(ground, noise=3, seed=seed)) for seed in range(6)]
    assert not find_duplicates(prints)
    assert not find_duplicates([make_fingerprint(video(np.zeros((40, SIZE, SIZE)))) for _ in range(3)])


def test_copies_among_many_takes_of_one_scene_are_found(monkeypatch):
    takes = [film(seed, scene(0)) for seed in range(40)]
    prints = [make_fingerprint(video(take, noise=2, seed=index)) for index, take in enumerate(takes)]
    prints += [make_fingerprint(change(take)) for change, take in zip(CHANGES.values(), takes, strict=False)]
    wanted = {(index, 40 + index) for index in range(len(CHANGES))}
    assert {(pair.first, pair.second) for pair in find_duplicates(prints)} == wanted
    monkeypatch.setattr(candidates, "_MANY_SAMPLES", 0)
    assert {(pair.first, pair.second) for pair in find_duplicates(prints)} == wanted


def test_videos_that_are_kept_apart_are_not_compared():
    prints = [make_fingerprint(video(film(0, scene(0)))) for _ in range(3)]
    assert len(find_duplicates(prints)) == 3
    assert [(pair.first, pair.second) for pair in find_duplicates(prints, [5, 5, 6])] == [(0, 2), (1, 2)]


def test_alignment_says_the_same_as_a_plain_loop():
    rng = np.random.default_rng(0)
    first, second = rng.normal(0, 5, (17, 256)), rng.normal(0, 5, (23, 256))
    second[4:19] = first[2:17] + rng.normal(0, 1, (15, 256))
    match = align(first, second)
    best = -1.0
    for offset in range(6 - 17, 23 - 6 + 1):
        pairs = [(i, i + offset) for i in range(17) if 0 <= i + offset < 23]
        a, b = (
            np.stack([x[k] for k in index]) for x, index in zip((first, second), zip(*pairs, strict=True), strict=True)
        )
        a, b = a - a.mean(0), b - b.mean(0)
        best = max(best, float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum())))
    assert match.offset == 2
    assert match.num_samples == 17 or match.num_samples == 15 + 2
    assert match.motion == pytest.approx(best, abs=1e-3)


@pytest.mark.parametrize("lengths", itertools.product((1, 2, 5, 6), (1, 7)))
def test_short_videos_break_nothing(lengths):
    prints = [make_fingerprint(video(film(0, scene(0), num * 3))) for num in lengths]
    find_duplicates([*prints, prints[0]])


def test_any_square_size_has_a_fingerprint():
    frames = np.random.default_rng(0).integers(0, 256, (5, 100, 100, 3), np.uint8)
    times = FrameTimes(np.arange(5, dtype=np.int64), 5, Fraction(1, 10))
    pictures = make_fingerprint(DecodedVideo(frames, times, FACTS)).whole[::2].astype(np.float32)
    grey = frames @ np.array([0.299, 0.587, 0.114])
    assert pictures.shape == (5, 256)
    corner = grey[:, :6, :6].mean((1, 2)) - pictures[:, 0]
    assert np.allclose(corner, corner.mean(), atol=3)


def test_a_part_after_the_first_minute_of_a_longer_film_is_found():
    long_film = np.concatenate([film(1, scene(1), 5 * 62), film(2, scene(2), 40)])
    prints = [make_fingerprint(video(frames, rate=5), max_seconds(3)) for frames in (long_film, film(3, scene(1), 40))]
    prints.append(make_fingerprint(video(film(2, scene(2), 40), rate=5, noise=2), max_seconds(3)))
    (pair,) = find_duplicates(prints)
    assert (pair.first, pair.second) == (0, 2)
    assert abs(pair.match.offset_seconds + 62) < 0.2


def test_windows_of_a_long_video_are_not_joined_by_interpolation():
    frames, ticks = film(0, scene(0), 60), np.concatenate([np.arange(30), 900 + np.arange(30)])
    decoded = video(frames)
    item = make_fingerprint(DecodedVideo(decoded.frames, FrameTimes(ticks, 930, Fraction(1, 30)), FACTS), 3000)
    assert [run.stop - run.start for run in item.runs()] == [20, 20]


def link(first, second, motion):
    return Duplicate(first, second, False, False, Match(motion, motion, 0, 1, True, 1.0, 0.0, 40, 1.0))


def test_weak_links_do_not_join_by_a_chain():
    chain = [link(0, 1, 0.6), link(1, 2, 0.59)]
    assert join_sets((pair.first, pair.second) for pair in without_chains(chain)) == [(0, 1)]
    whole = [*chain, link(0, 2, 0.58)]
    assert join_sets((pair.first, pair.second) for pair in without_chains(whole)) == [(0, 1, 2)]
    sure = [link(0, 1, 0.9), link(1, 2, 0.9), link(2, 3, 0.6)]
    assert join_sets((pair.first, pair.second) for pair in without_chains(sure)) == [(0, 1, 2, 3)]
