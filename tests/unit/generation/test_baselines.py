import numpy as np
import pytest
from textures import psnr, shifting_texture

from reelwise.generation.baselines import BETWEEN_BASELINES, NEXT_BASELINES, next_baselines

NEXT = {baseline.name: baseline for baseline in NEXT_BASELINES}
BETWEEN = {baseline.name: baseline for baseline in BETWEEN_BASELINES}
ALL = [pytest.param(baseline, id=f"next {baseline.name}") for baseline in NEXT_BASELINES] + [
    pytest.param(baseline, id=f"between {baseline.name}") for baseline in BETWEEN_BASELINES
]


def plain_clip(*values: int, size: int = 8) -> np.ndarray:
    """(1, T, S, S, 3): frames of one colour each."""
    return np.broadcast_to(
        np.array(values, np.uint8)[None, :, None, None, None], (1, len(values), size, size, 3)
    ).copy()


def values_of(frames: np.ndarray) -> list[int]:
    """The colours of plain frames."""
    assert all((frame == frame.flat[0]).all() for frame in frames[0])
    return frames[0, :, 0, 0, 0].tolist()


@pytest.mark.parametrize("baseline", ALL)
@pytest.mark.parametrize("num_given", [1, 2, 5])
def test_every_baseline_predicts_as_many_frames_as_requested(baseline, num_given):
    frames = np.random.default_rng(0).integers(0, 256, (3, num_given, 20, 28, 3), np.uint8)
    before = frames.copy()
    prediction = baseline.predict(frames, 4)
    assert prediction.shape == (3, 4, 20, 28, 3)
    assert prediction.dtype == np.uint8
    assert np.array_equal(frames, before)
    for number in range(3):
        assert np.array_equal(baseline.predict(frames[number : number + 1], 4)[0], prediction[number])
    assert baseline.summary.endswith(".")


@pytest.mark.parametrize("baseline", ALL)
def test_a_still_picture_is_predicted_exactly(baseline):
    picture = shifting_texture(1, 32, (0, 0))
    prediction = baseline.predict(np.repeat(picture, 4, axis=0)[None], 3)
    assert np.abs(prediction[0].astype(int) - picture).max() <= 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("copy_last", [50, 50, 50]),
        ("mean", [27, 27, 27]),  # 26.67
        ("half_last_half_mean", [38, 38, 38]),  # 38.33
        ("linear", [80, 110, 140]),
    ],
)
def test_known_predictions(name, expected):
    assert values_of(NEXT[name].predict(plain_clip(10, 20, 50), 3)) == expected


def test_linear_continues_a_ramp_exactly_and_stays_within_the_grey_levels():
    ramp = np.arange(0, 200, 5)[:, None, None, None] + np.arange(40)[None, :, None, None] % 7
    clip = np.broadcast_to(ramp, (40, 40, 30, 3)).astype(np.uint8)
    assert np.array_equal(NEXT["linear"].predict(clip[None, :10], 30)[0], clip[10:])
    assert values_of(NEXT["linear"].predict(plain_clip(100, 200), 3)) == [255, 255, 255]
    assert values_of(NEXT["linear"].predict(plain_clip(200, 100), 3)) == [0, 0, 0]
    assert values_of(NEXT["linear"].predict(plain_clip(200), 3)) == [200, 200, 200]


@pytest.mark.parametrize("size", [32, 64])
def test_flow_predicts_a_shifting_texture_and_copying_does_not(size):
    clip = shifting_texture(8, size, (1.5, -0.75))
    context, truth = clip[None, :4], clip[None, 4:]
    flow, copy = (NEXT[name].predict(context, 4) for name in ("flow", "copy_last"))
    inner = np.s_[:, :, size // 4 : -size // 4, size // 4 : -size // 4]  # what comes in over the border is unknown
    assert np.abs(flow[inner].astype(int) - truth[inner]).mean() < 3
    assert psnr(flow[inner], truth[inner]) > psnr(copy[inner], truth[inner]) + 10
    assert psnr(flow, truth) > psnr(copy, truth) + 4


def test_blending_goes_evenly_from_end_to_end():
    assert values_of(BETWEEN["linear_blend"].predict(plain_clip(0, 100), 3)) == [25, 50, 75]
    assert values_of(BETWEEN["linear_blend"].predict(plain_clip(200, 100), 1)) == [150]


def test_flow_between_finds_the_frames_of_a_shifting_texture():
    clip = shifting_texture(5, 64, (1.5, -0.75))
    ends, truth = clip[None, [0, 4]], clip[None, 1:4]
    flow, blend = (BETWEEN[name].predict(ends, 3) for name in ("flow", "linear_blend"))
    inner = np.s_[:, :, 16:-16, 16:-16]
    assert np.abs(flow[inner].astype(int) - truth[inner]).mean() < 3
    assert psnr(flow, truth) > psnr(blend, truth) + 6


def test_the_nearest_training_clip_is_a_baseline_where_there_are_any():
    assert next_baselines() == NEXT_BASELINES
    clips = np.random.default_rng(0).integers(0, 256, (5, 6, 8, 8, 3), np.uint8)
    nearest = next_baselines(lambda: [(clips[:, :3], clips[:, 3:])])[-1]
    assert nearest.name == "nearest"
    assert np.array_equal(nearest.predict(clips[[4, 1], :3], 3), clips[[4, 1], 3:])


@pytest.mark.parametrize("frames", [np.zeros((1, 2, 8, 8, 3)), np.zeros((2, 8, 8, 3), np.uint8), plain_clip()])
def test_other_arrays_are_refused(frames):
    with pytest.raises(ValueError, match="frames must be uint8"):
        NEXT["mean"].predict(frames, 2)
    with pytest.raises(ValueError, match="num_targets is 0"):
        NEXT["mean"].predict(plain_clip(1), 0)
