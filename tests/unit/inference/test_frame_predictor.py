"""Frames that follow: rounded, rolled on from what was predicted, and the same whatever stands beside them."""

from typing import Any

import numpy as np
import pytest

from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.errors import ModelFileError, UsageError
from reelwise.core.modalities import Encoder
from reelwise.inference.frame_predictor import FramePredictor, to_uint8
from reelwise.tasks.prediction import PredictionOutput

pytestmark = pytest.mark.backend

SIDE = 16


def predictor(
    num_context: int = 2, num_targets: int = 2, scale: float = 1.0, still_threshold: float = 0.0
) -> FramePredictor:
    """Each frame that follows is the oldest and the newest frame given, added, and multiplied by ``scale``."""
    import keras

    given = keras.Input((num_context, SIDE, SIDE, 3), dtype="uint8")
    values: Any = keras.layers.Rescaling(1 / 255, dtype="float32")(given)
    total = scale * (values[:, :1] + values[:, -1:])
    network = keras.Model(given, keras.ops.concatenate([total] * num_targets, axis=1))
    spec = InputSpec(DecodeSettings(SIDE, fit="crop"), ClipSpec(num_context, 1, input_size=SIDE), num_views=1)
    contract = Contract(
        spec, NetworkSpec((Encoder("simvp", "nano"),)), PredictionOutput(num_targets, 25.0, still_threshold)
    )
    return FramePredictor(network, contract)


def clip(*values: int) -> np.ndarray:
    return np.broadcast_to(np.array(values, np.uint8)[None, :, None, None, None], (1, len(values), SIDE, SIDE, 3))


def values_of(frames: np.ndarray) -> list[int]:
    assert frames.dtype == np.uint8
    assert (frames == frames[:, :, :1, :1, :1]).all()
    return frames[0, :, 0, 0, 0].tolist()


def test_it_rolls_on_from_its_own_frames():
    assert values_of(predictor().predict(clip(3, 4))) == [7, 7]
    # Behind 7, 7 come 14, 14, and of the next two the first alone.
    assert values_of(predictor().predict(clip(3, 4), 5)) == [7, 7, 14, 14, 28]


def test_changes_are_drawn_back_where_nothing_moved():
    # The newest frame is 40; 80 is predicted. Where nothing moved it stays 40, where 12 levels did half of it is left.
    assert values_of(predictor(still_threshold=12.0).predict(clip(40, 40))) == [40, 40]
    assert values_of(predictor(still_threshold=12.0).predict(clip(28, 40))) == [54, 54]
    # Rolled on, the next two are judged by the frames that came before them: 54 and 54 stand still.
    assert values_of(predictor(still_threshold=12.0).predict(clip(28, 40), 4)) == [54, 54, 54, 54]


@pytest.mark.parametrize("scale", [float("nan"), float("inf")])
def test_frames_that_are_no_numbers_are_refused(scale: float) -> None:
    with pytest.raises(ModelFileError, match="NaN or infinite"):
        predictor(scale=scale).predict(clip(3, 4))


def test_more_targets_than_context():
    assert values_of(predictor(num_context=3, num_targets=4).predict(clip(1, 2, 3), 6)) == [4, 4, 4, 4, 8, 8]


def test_values_beyond_white_are_cut_off():
    assert values_of(predictor().predict(clip(200, 200), 1)) == [255]
    assert to_uint8(np.array([0.4999 / 255, 0.5001 / 255, 2.0])).tolist() == [0, 1, 255]


def test_a_clip_does_not_depend_on_those_beside_it():
    clips = np.random.default_rng(0).integers(0, 256, (3, 2, SIDE, SIDE, 3), np.uint8)
    together, alone = predictor().predict(clips, 3), [predictor().predict(one[None], 3)[0] for one in clips]
    assert np.array_equal(together, np.stack(alone))


@pytest.mark.parametrize("frames", [clip(1), clip(1, 2)[..., :2], clip(1, 2).astype(np.float32), clip(1, 2)[0]])
def test_other_frames_are_refused(frames):
    with pytest.raises(UsageError, match=r"expected uint8 \(N, 2, 16, 16, 3\)"):
        predictor().predict(frames)
    with pytest.raises(UsageError, match="0 frames"):
        predictor().predict(clip(1, 2), 0)
