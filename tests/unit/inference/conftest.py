"""Small models and decoded videos whose every frame is known."""

from collections.abc import Callable
from fractions import Fraction

import keras
import numpy as np
import pytest

from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract
from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.video import VideoFacts
from reelwise.models.build import build_network


def contract_of(name: str, arguments: dict, **changes: object) -> Contract:
    clip = ClipSpec(num_frames=4, input_size=36)
    return Contract(name, "small", arguments, ("a", "b", "c"), DecodeSettings(size=40), clip, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def motion_contract() -> Contract:
    arguments = {"cell": 8, "width": 4, "num_blocks": 1, "still": True, "dropout": 0.0}
    return contract_of("motion", arguments, num_views=3, mirror_views=True, temperature=0.5)


@pytest.fixture(scope="session")
def motion_network(motion_contract: Contract) -> keras.Model:
    network = build_network(motion_contract)
    rng = np.random.default_rng(0)
    for weight in network.weights:
        value = rng.normal(size=weight.shape) / np.sqrt(max(1, np.prod(weight.shape[:-1])))
        weight.assign(np.abs(value) + 0.5 if "variance" in weight.path else value)
    return network


@pytest.fixture
def make_video() -> Callable[..., DecodedVideo]:
    def make(num_frames: int = 12, seed: int = 0, size: int = 40) -> DecodedVideo:
        frames = np.random.default_rng(seed).integers(0, 256, (num_frames, size, size, 3), dtype=np.uint8)
        times = FrameTimes(np.arange(num_frames, dtype=np.int64), num_frames, Fraction(1, 25))
        facts = VideoFacts(num_frames, size, size, num_frames / 25, Fraction(25), False, 0, "h264", "mp4")
        return DecodedVideo(frames, times, facts)

    return make
