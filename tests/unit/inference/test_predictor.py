"""Predictions depend on the video alone, not on those before, after or beside it."""

from collections.abc import Callable
from dataclasses import replace

import keras
import numpy as np
import pytest

from reelwise.core.clip import ClipSpec
from reelwise.core.contract import Contract, NetworkSpec
from reelwise.core.errors import VideoError
from reelwise.core.modalities import Encoder
from reelwise.core.probabilities import softmax
from reelwise.features.frame_descriptors import describe_frames
from reelwise.inference.predictor import Predictor
from reelwise.models.build import build_network
from reelwise.sampling.views import plan_views
from reelwise.transforms.crop import centre_crop, mirror

pytestmark = pytest.mark.backend


def test_probabilities_are_the_softmax_of_calibrated_mean_logits(
    motion_network: keras.Model, motion_contract: Contract, make_video: Callable
) -> None:
    video = make_video()
    predictor = Predictor(motion_network, motion_contract)
    clips = []
    for view in plan_views(video.times, motion_contract.input.clip, 3, mirror=True):
        clip = centre_crop(video.frames[view.indices], 36)
        clips.append(mirror(clip) if view.is_mirrored else clip)
    np.testing.assert_array_equal(predictor.views(video), np.stack(clips))
    logits = keras.ops.convert_to_numpy(motion_network(np.stack(clips), training=False)).astype(np.float64).mean(axis=0)
    np.testing.assert_allclose(predictor.logits(video), logits, atol=1e-4)
    probs = predictor.predict(video)
    np.testing.assert_allclose(probs, softmax(logits / 0.5), atol=1e-4)
    assert probs.dtype == np.float64
    assert abs(probs.sum() - 1) < 1e-12


def test_nothing_depends_on_order_or_neighbours(
    motion_network: keras.Model, motion_contract: Contract, make_video: Callable
) -> None:
    videos = [make_video(8 + 3 * seed, seed) for seed in range(4)]
    forth = [Predictor(motion_network, motion_contract).predict(video) for video in videos]
    predictor = Predictor(motion_network, motion_contract)
    back = [predictor.predict(video) for video in reversed(videos)][::-1]
    np.testing.assert_array_equal(forth, back)
    assert len({tuple(row) for row in forth}) == 4


def test_a_memory_map_gives_the_same(
    motion_network: keras.Model, motion_contract: Contract, make_video: Callable, tmp_path: object
) -> None:
    video = make_video()
    video.frames.tofile(f"{tmp_path}/frames")
    mapped_video = replace(video, frames=np.memmap(f"{tmp_path}/frames", np.uint8, "r", shape=video.frames.shape))
    predictor = Predictor(motion_network, motion_contract)
    np.testing.assert_array_equal(predictor.predict(mapped_video), predictor.predict(video))


def test_one_view_is_never_mirrored(
    motion_network: keras.Model, motion_contract: Contract, make_video: Callable
) -> None:
    video = make_video()
    views = Predictor(motion_network, motion_contract, num_views=1).views(video)
    (view,) = plan_views(video.times, motion_contract.input.clip, 1, mirror=True)
    np.testing.assert_array_equal(views[0], centre_crop(video.frames[view.indices], 36))


def test_a_video_too_short_for_its_stride_is_refused(
    motion_network: keras.Model, motion_contract: Contract, make_video: Callable
) -> None:
    spec = replace(motion_contract.input, clip=ClipSpec(4, frame_stride=5, input_size=36))
    contract = replace(motion_contract, input=spec)
    with pytest.raises(VideoError, match=r"a\.mp4"):
        Predictor(motion_network, contract).predict(make_video(8), "a.mp4")


def test_the_network_of_the_catalogue_that_reads_descriptors_gets_them(
    motion_contract: Contract, make_video: Callable
) -> None:
    arguments = {"units": 4, "num_descriptors": 258, "dropout": 0.0}
    spec = replace(motion_contract.input, mirror_views=False)
    contract = replace(motion_contract, input=spec, network=NetworkSpec((Encoder("lstm", "small", arguments),)))
    video = make_video()
    predictor = Predictor(build_network(contract), contract, num_views=2)
    views = predictor.views(video)
    assert views.shape == (2, 4, 258)
    indices = plan_views(video.times, contract.input.clip, 2)[0].indices
    np.testing.assert_array_equal(views[0], describe_frames(centre_crop(video.frames[indices], 36)))
    assert predictor.predict(video).shape == (3,)


def test_a_global_dtype_policy_does_not_change_predictions(
    motion_network: keras.Model, motion_contract: Contract, make_video: Callable
) -> None:
    expected = Predictor(motion_network, motion_contract).predict(make_video())
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        got = Predictor(motion_network, motion_contract).predict(make_video())
    finally:
        keras.config.set_dtype_policy("float32")
    np.testing.assert_array_equal(got, expected)


def test_softmax_of_large_logits() -> None:
    np.testing.assert_allclose(softmax(np.array([1e4, 1e4 - 1.0])), [1 / (1 + np.exp(-1)), 1 / (1 + np.e)])
