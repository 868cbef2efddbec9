"""Samples: the same bytes whatever is drawn with them, given frames untouched, windows that go on."""

from typing import Any

import keras
import numpy as np
import pytest

from reelwise.core.backend import prepare
from reelwise.core.errors import ModelFileError, UsageError
from reelwise.generation.flow_sampler import FlowSampler, SampleRequest, SamplerSettings
from reelwise.models.flowdit.backbone import build_denoiser

pytestmark = pytest.mark.backend

SIZES = {"patch_frames": 2, "patch_size": 8, "width": 24, "num_blocks": 1, "num_heads": 2}
PICTURES = np.random.default_rng(5).integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def network() -> keras.Model:
    """Clips of 8x32x32, as eight of them are drawn at a time, and weights with which everything matters."""
    prepare(0)
    network = build_denoiser(8, 32, 3, **SIZES)
    for number, weight in enumerate(network.weights):
        weight.assign(np.random.default_rng((7, number)).normal(0, 0.15, weight.shape).astype(np.float32))
    return network


def sampler(network: keras.Model, seed: int = 0, **settings: Any) -> FlowSampler:
    return FlowSampler(network, SamplerSettings(**{"num_steps": 3, **settings}), seed)


REQUESTS = [SampleRequest(number, label) for number, label in enumerate([0, 1, 2, None, 1, None, 2, 0, 0, 1, 2])]


def test_a_sample_is_the_same_bytes_whatever_is_drawn_with_it(network: keras.Model) -> None:
    together = sampler(network).sample(REQUESTS)
    assert together.shape == (11, 8, 32, 32, 3)
    assert together.dtype == np.uint8
    assert len({clip.tobytes() for clip in together}) == 11
    backwards = sampler(network).sample(REQUESTS[::-1])[::-1]
    assert np.array_equal(backwards, together)
    by_twos = [clip for start in range(0, 11, 2) for clip in sampler(network).sample(REQUESTS[start : start + 2])]
    assert np.array_equal(by_twos, together)
    assert np.array_equal(list(sampler(network).iterate(REQUESTS)), together)


def test_every_pass_has_the_same_rows() -> None:
    """With a network whose frames are brighter in larger batches: last bits may differ with their size."""
    inputs = {
        "frames": keras.Input((8, 32, 32, 3), name="frames"),
        "levels": keras.Input((8,), name="levels"),
        "label": keras.Input((), dtype="int32", name="label"),
    }
    classes = keras.layers.Dense(1, use_bias=False, name="class")(keras.ops.one_hot(inputs["label"], 4))
    brightness = keras.ops.sum(keras.ops.ones_like(inputs["levels"])) / 320 - 0.5  # 8 levels a clip
    frames = 0 * inputs["frames"] + 0 * keras.ops.reshape(classes, (-1, 1, 1, 1, 1)) + brightness
    drawn = sampler(keras.Model(inputs, frames))
    together = drawn.sample(REQUESTS)
    for request, clip in zip(REQUESTS, together, strict=True):
        assert np.array_equal(drawn.sample([request])[0], clip)


def test_seed_number_and_window_each_give_other_noise(network: keras.Model) -> None:
    usual = sampler(network).sample([SampleRequest(0, 1)])
    others = [
        sampler(network, seed=1).sample([SampleRequest(0, 1)]),
        sampler(network).sample([SampleRequest(1, 1)]),
        sampler(network).sample([SampleRequest(0, 1, window=1)]),
        sampler(network).sample([SampleRequest(0, 2)]),
        sampler(network).sample([SampleRequest(0, None)]),
        sampler(network, guidance=3.0).sample([SampleRequest(0, 1)]),
        sampler(network, method="heun").sample([SampleRequest(0, 1)]),
        sampler(network, method="euler").sample([SampleRequest(0, 1)]),
        sampler(network, shift=1.0).sample([SampleRequest(0, 1)]),
    ]
    assert all(not np.array_equal(usual, other) for other in others)


@pytest.mark.parametrize("places", [(0,), (0, 1, 2, 3), (0, 7), (3,)])
@pytest.mark.parametrize("method", ["ancestral", "euler", "heun"])
def test_given_frames_come_back_untouched_and_change_the_others(
    network: keras.Model, places: tuple[int, ...], method: str
) -> None:
    frames = {place: PICTURES[number] for number, place in enumerate(places)}
    got = sampler(network, method=method).sample([SampleRequest(0, 1, frames)])[0]
    free = sampler(network, method=method).sample([SampleRequest(0, 1)])[0]
    for place in range(8):
        if place in frames:
            assert np.array_equal(got[place], frames[place])
        else:
            assert not np.array_equal(got[place], free[place])


def test_guidance_goes_further_the_same_way(network: keras.Model) -> None:
    """In one step a sample is what is predicted, so that guidance is a straight line."""
    clips = [
        sampler(network, num_steps=1, guidance=guidance).sample([SampleRequest(0, 1)]).astype(float)
        for guidance in (0.0, 1.0, 2.0)
    ]
    without = sampler(network, num_steps=1).sample([SampleRequest(0, None)]).astype(float)
    inside = np.all([(clip > 0) & (clip < 255) for clip in clips], axis=0)
    assert inside.mean() > 0.2
    assert np.abs(clips[0] - without)[inside].max() <= 1
    assert np.abs((clips[2] - clips[1]) - (clips[1] - clips[0]))[inside].max() <= 2


def test_a_longer_video_goes_on_from_the_last_frames(network: keras.Model) -> None:
    drawn = sampler(network)
    first = drawn.sample([SampleRequest(3, 2)])[0]
    video = drawn.extend(SampleRequest(3, 2), num_frames=15, num_overlap=3)
    assert video.shape == (15, 32, 32, 3)
    assert np.array_equal(video[:8], first)
    last_frames = dict(enumerate(first[5:]))
    second = drawn.sample([SampleRequest(3, 2, last_frames, window=1)])[0]
    assert np.array_equal(video[8:13], second[3:])
    assert np.array_equal(drawn.extend(SampleRequest(3, 2), num_frames=5), first[:5])


def test_frames_given_to_the_first_window_begin_the_longer_video(network: keras.Model) -> None:
    video = sampler(network).extend(SampleRequest(0, None, {0: PICTURES[0], 1: PICTURES[1]}), num_frames=12)
    assert np.array_equal(video[:2], PICTURES[:2])


def test_longer_videos_are_the_same_whatever_is_drawn_with_them(network: keras.Model) -> None:
    requests = [SampleRequest(number, 1, {0: PICTURES[number % 4]}) for number in range(9)]
    together = sampler(network).extend_all(requests, 11)
    assert together.shape == (9, 11, 32, 32, 3)
    for number in (0, 5, 8):
        assert np.array_equal(together[number], sampler(network).extend(requests[number], 11))


def test_broken_weights_are_no_clip(network: keras.Model) -> None:
    copy = keras.models.clone_model(network)
    copy.set_weights([np.full_like(weight, np.nan) for weight in copy.get_weights()])
    with pytest.raises(ModelFileError, match="NaN or infinite"):
        sampler(copy).sample(REQUESTS[:1])


def test_weights_are_in_their_place_between_two_samples(network: keras.Model) -> None:
    before = [np.array(weight) for weight in network.get_weights()]
    for _ in sampler(network).iterate(REQUESTS[:2]):
        assert all(np.array_equal(a, b) for a, b in zip(before, network.get_weights(), strict=True))


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (SampleRequest(label=3), "label number 3 is not one of the model's 3"),
        (SampleRequest(label=-1), "label number -1"),
        (SampleRequest(frames={8: PICTURES[0]}), "frame 8 of 8"),
        (SampleRequest(frames={0: PICTURES[0, :16]}), r"uint8 \(16, 32, 3\), expected uint8 \(32, 32, 3\)"),
        (SampleRequest(frames={0: PICTURES[0].astype(np.float32)}), "is float32"),
    ],
)
def test_what_the_network_cannot_take_is_refused(network: keras.Model, request_: SampleRequest, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        sampler(network).sample([request_])
    assert caught.value.hint


@pytest.mark.parametrize("overlap", [0, 8])
def test_an_overlap_that_leaves_nothing_is_refused(network: keras.Model, overlap: int) -> None:
    with pytest.raises(UsageError, match="expected 1 to 7"):
        sampler(network).extend(SampleRequest(), 16, overlap)


@pytest.mark.parametrize(
    "wrong", [{"num_steps": 0}, {"num_steps": 1001}, {"method": "dpm"}, {"guidance": -1.0}, {"shift": 0.0}]
)
def test_settings_out_of_range_have_a_hint(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        SamplerSettings(**wrong)
    assert caught.value.hint


def test_no_request_gives_no_clip(network: keras.Model) -> None:
    assert sampler(network).sample([]).shape == (0, 8, 32, 32, 3)
