"""Predictions of models of several modalities: masked and missing modalities, frame order, tasks."""

from collections.abc import Callable
from dataclasses import replace

import keras
import numpy as np
import pytest

from reelwise.core.contract import Contract, NetworkSpec
from reelwise.core.errors import UsageError
from reelwise.core.probabilities import sigmoid, softmax
from reelwise.inference.predictor import Predictor
from reelwise.models.build import build_network
from reelwise.sampling.views import plan_views
from reelwise.tasks.multilabel import MultilabelOutput
from reelwise.transforms.crop import centre_crop

pytestmark = pytest.mark.backend

HEADS_OF = {"frames": ("frames", "frames_2"), "sound": ("sound",), "metadata": ("metadata",)}


@pytest.fixture
def predictor(fused_network: keras.Model, fused_contract: Contract) -> Predictor:
    return Predictor(fused_network, fused_contract)


def test_one_row_per_head_and_the_logits_are_their_weighted_sum(
    predictor: Predictor, fused_contract: Contract, make_rich_video: Callable
) -> None:
    head_outputs = predictor.head_outputs(make_rich_video())
    assert head_outputs.shape == (len(fused_contract.network.head_names), 3)
    assert head_outputs.dtype == np.float64
    logits = np.array(fused_contract.label_output.head_weights) @ head_outputs
    np.testing.assert_allclose(predictor.logits(make_rich_video()), logits, rtol=1e-12)
    np.testing.assert_allclose(predictor.predict(make_rich_video()), softmax(logits / 0.5), rtol=1e-12)


def test_without_weights_all_heads_count_alike(fused_contract: Contract) -> None:
    head_outputs = np.random.default_rng(0).normal(size=(5, len(fused_contract.network.head_names), 3))
    logits = replace(fused_contract.label_output, head_weights=()).combine_heads(head_outputs)
    np.testing.assert_allclose(logits, head_outputs.mean(axis=1))


@pytest.mark.parametrize("modality", ["frames", "sound", "metadata"])
def test_heads_of_a_masked_modality_give_zero_as_if_it_were_missing(
    predictor: Predictor, fused_contract: Contract, make_rich_video: Callable, modality: str
) -> None:
    names = fused_contract.network.head_names
    head_outputs = dict(
        zip(names, predictor.head_outputs(make_rich_video(), masked_modalities={modality}), strict=True)
    )
    full = dict(zip(names, predictor.head_outputs(make_rich_video()), strict=True))
    for name, row in head_outputs.items():
        if name in HEADS_OF[modality]:
            assert not row.any()
        elif name == "together":
            assert np.abs(row - full[name]).max() > 1e-6
        else:
            np.testing.assert_allclose(row, full[name], atol=1e-6)
    missing = {"sound": {"log_mel": None}, "metadata": {"metadata": {}}}.get(modality)
    if missing:
        as_missing = predictor.head_outputs(make_rich_video(**missing))
        np.testing.assert_array_equal(as_missing, np.array(list(head_outputs.values())))


def test_shuffled_and_middle_show_other_frames_beside_the_same_sound(
    predictor: Predictor, fused_contract: Contract, make_rich_video: Callable
) -> None:
    video = make_rich_video()
    as_is, shuffled, middle = (predictor.views(video, frame_order=order) for order in ("as_is", "shuffled", "middle"))
    views = plan_views(video.times, fused_contract.input.clip, 2, fused_contract.input.mirror_views)
    size = fused_contract.input.clip.input_size
    for row, view in enumerate(views):
        if view.is_mirrored:
            continue
        clip = centre_crop(video.frames[view.indices], size)
        np.testing.assert_array_equal(as_is["clips"][row], clip)
        assert np.all(middle["clips"][row] == clip[2])
        assert sorted(f.tobytes() for f in shuffled["clips"][row]) == sorted(f.tobytes() for f in clip)
        assert not np.array_equal(shuffled["clips"][row], clip)
    for other in (shuffled, middle):
        for name in set(as_is) - {"clips"}:
            np.testing.assert_array_equal(other[name], as_is[name])
    np.testing.assert_array_equal(
        predictor.logits(video, frame_order="shuffled"), predictor.logits(video, frame_order="shuffled")
    )
    with pytest.raises(UsageError, match="frame_order"):
        predictor.logits(video, frame_order="backwards")  # type: ignore[arg-type]


def test_frames_alone_can_be_shuffled_too(
    motion_network: keras.Model, motion_contract: Contract, make_video: Callable
) -> None:
    predictor = Predictor(motion_network, motion_contract)
    as_is, other_logits = predictor.logits(make_video()), predictor.logits(make_video(), frame_order="shuffled")
    assert np.abs(as_is - other_logits).max() > 1e-6
    assert predictor.head_outputs(make_video()).shape == (1, 3)
    np.testing.assert_array_equal(predictor.head_outputs(make_video())[0], as_is)


def test_models_of_sound_or_of_metadata_alone(fused_contract: Contract, make_rich_video: Callable) -> None:
    _, sound, metadata = fused_contract.network.encoders
    output = replace(fused_contract.label_output, head_weights=())
    for encoder, changes in (
        (sound, {"modalities": ("sound",), "metadata": ()}),
        (metadata, {"modalities": ("metadata",), "sound": None}),
    ):
        spec = replace(fused_contract.input, mirror_views=True, **changes)
        contract = Contract(spec, NetworkSpec((encoder,)), output)
        predictor = Predictor(build_network(contract), contract)
        assert "clips" not in predictor.views(make_rich_video())
        probs = predictor.predict(make_rich_video())
        assert probs.shape == (3,)
        assert abs(probs.sum() - 1) < 1e-12
        assert predictor.head_outputs(make_rich_video()).shape == (1, 3)


def test_nothing_depends_on_neighbours(predictor: Predictor, make_rich_video: Callable) -> None:
    videos = [make_rich_video(8 + 3 * seed, seed) for seed in range(3)]
    videos.append(make_rich_video(log_mel=None))
    forth = [predictor.head_outputs(video) for video in videos]
    back = [predictor.head_outputs(video) for video in reversed(videos)][::-1]
    np.testing.assert_array_equal(forth, back)


def test_logits_become_probabilities_by_the_output_of_the_contract(
    fused_network: keras.Model, fused_contract: Contract, make_rich_video: Callable
) -> None:
    video, head_weights = make_rich_video(), fused_contract.label_output.head_weights
    output = MultilabelOutput(("a", "b", "c"), head_weights, temperature=2.0)
    for contract, activate in (
        (fused_contract, lambda logits: softmax(logits / 0.5)),
        (replace(fused_contract, output=output), lambda logits: sigmoid(logits / 2)),
    ):
        predictor = Predictor(fused_network, contract)
        np.testing.assert_array_equal(predictor.predict(video), activate(predictor.logits(video)))
