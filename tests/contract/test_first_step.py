"""The first step from noise to a clip, and a whole drawn clip, are those of a golden file on every back end."""

import json
import os
from pathlib import Path

import keras
import numpy as np
import pytest
from samples import write_clips_model

from reelwise.core.backend import prepare
from reelwise.generation.flow_sampler import FlowSampler, SampleRequest, SamplerSettings
from reelwise.models.file import load_model_file
from reelwise.transforms.frame_noise import to_signed

pytestmark = pytest.mark.backend

GOLDEN = Path(__file__).parents[1] / "golden" / "first_step.json"
PICTURE = np.random.default_rng(3).integers(0, 256, (16, 16, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> keras.Model:
    prepare(0)
    return load_model_file(write_clips_model(tmp_path_factory.mktemp("model") / "model.keras")).network


def clean_frames(network: keras.Model) -> np.ndarray:
    """(3, 8, 16, 16, 3): by class, without one, and behind a picture that is given."""
    noise = np.stack([np.random.default_rng((0, row)).standard_normal((8, 16, 16, 3), np.float32) for row in range(3)])
    levels = np.ones((3, 8), np.float32)
    noise[2, 0], levels[2, 0] = to_signed(PICTURE), 0
    inputs = {"frames": noise, "levels": levels, "label": np.array([0, 2, 1], np.int32)}
    return np.asarray(keras.ops.convert_to_numpy(network(inputs, training=False)))


def test_the_first_step_is_that_of_the_golden_file(network: keras.Model) -> None:
    """One row of pixels of each frame; written on TensorFlow, REELWISE_UPDATE_GOLDEN=1 writes it anew."""
    rows = clean_frames(network)[:, :, 8, :, 0]
    if os.environ.get("REELWISE_UPDATE_GOLDEN"):
        GOLDEN.write_text(json.dumps(np.round(rows.astype(float), 6).tolist()) + "\n")
    golden = np.array(json.loads(GOLDEN.read_text()))
    assert np.abs(golden).max() > 0.5
    np.testing.assert_allclose(rows, golden, rtol=0, atol=1e-4)


def test_in_one_step_a_clip_is_what_the_first_step_says(network: keras.Model) -> None:
    """So the golden numbers are those of what the sampler draws."""
    request = SampleRequest(0, 0)
    (clip,) = FlowSampler(network, SamplerSettings(num_steps=1, guidance=1.0)).sample([request])
    noise = np.random.default_rng((0, 0, 0)).standard_normal((1, 8, 16, 16, 3), np.float32)
    inputs = {"frames": noise, "levels": np.ones((1, 8), np.float32), "label": np.zeros(1, np.int32)}
    frames = np.asarray(keras.ops.convert_to_numpy(network(inputs, training=False)))[0]
    assert np.abs(to_signed(clip) - np.clip(frames, -1, 1)).max() <= 1 / 255 + 1e-4
