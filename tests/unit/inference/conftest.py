"""Small models, and decoded videos with a known value in every frame."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import keras
import numpy as np
import pytest

from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.modalities import Encoder, MetadataColumn, SoundInput
from reelwise.core.sound import LogMel
from reelwise.core.video import VideoFacts
from reelwise.models.build import build_network
from reelwise.models.network_plan import plan_head_names
from reelwise.tasks.classification import ClassificationOutput


@pytest.fixture(scope="session")
def motion_contract() -> Contract:
    arguments = {"cell": 8, "width": 4, "num_blocks": 1, "still": True, "dropout": 0.0}
    clip = ClipSpec(num_frames=4, input_size=36)
    return Contract(
        InputSpec(DecodeSettings(size=40), clip, num_views=3, mirror_views=True),
        NetworkSpec((Encoder("motion", "small", arguments),)),
        ClassificationOutput(("a", "b", "c"), temperature=0.5),
    )


@pytest.fixture(scope="session")
def motion_network(motion_contract: Contract) -> keras.Model:
    return with_random_weights(build_network(motion_contract))


def with_random_weights(network: keras.Model) -> keras.Model:
    rng = np.random.default_rng(0)
    for weight in network.weights:
        if "seed" in weight.path:
            continue
        value = rng.normal(size=weight.shape) / np.sqrt(max(1, np.prod(weight.shape[:-1])))
        weight.assign(np.abs(value) + 0.5 if "variance" in weight.path else value)
    return network


@pytest.fixture(scope="session")
def fused_contract(motion_contract: Contract) -> Contract:
    """Of pictures, sound and metadata; its heads count differently."""
    spec = replace(
        motion_contract.input,
        num_views=2,
        modalities=("frames", "sound", "metadata"),
        sound=SoundInput(num_mels=16, max_seconds=Fraction(1, 2)),
        metadata=(
            MetadataColumn("age", "number", 40.0, 12.0),
            MetadataColumn("site", "category", values=("inside", "outside")),
        ),
    )
    network = NetworkSpec(
        (
            motion_contract.network.first,
            Encoder("audio_cnn", "small", {"width": 4, "num_convs": 2, "features": 8, "dropout": 0.0}),
            Encoder("metadata_mlp", "small", {"embedding": 2, "units": 8, "dropout": 0.0}),
        ),
        "gated",
    )
    contract = Contract(spec, network, motion_contract.output)
    names = plan_head_names(contract)
    weights = tuple(0.1 * (number + 1) for number in range(len(names)))
    output = replace(contract.label_output, head_weights=weights)
    return replace(contract, network=replace(network, head_names=names), output=output)


@pytest.fixture(scope="session")
def fused_network(fused_contract: Contract) -> keras.Model:
    return with_random_weights(build_network(fused_contract))


@pytest.fixture
def make_video() -> Callable[..., DecodedVideo]:
    def make(num_frames: int = 12, seed: int = 0, size: int = 40) -> DecodedVideo:
        frames = np.random.default_rng(seed).integers(0, 256, (num_frames, size, size, 3), dtype=np.uint8)
        times = FrameTimes(np.arange(num_frames, dtype=np.int64), num_frames, Fraction(1, 25))
        facts = VideoFacts(num_frames, size, size, num_frames / 25, Fraction(25), False, 0, "h264", "mp4")
        return DecodedVideo(frames, times, facts)

    return make


@pytest.fixture
def make_rich_video(make_video: Callable[..., DecodedVideo]) -> Callable[..., DecodedVideo]:
    """Beside the frames, sound of the same length and every column."""

    def make(num_frames: int = 12, seed: int = 0, **changes: object) -> DecodedVideo:
        count = num_frames * 4
        values = np.random.default_rng([seed, 1]).normal(-7, 4, (count, 16)).astype(np.float32)
        log_mel = LogMel(values, np.ones(count, bool), Fraction(0), Fraction(1, 100))
        video = replace(make_video(num_frames, seed), log_mel=log_mel, metadata={"age": "52", "site": "outside"})
        return replace(video, **changes)  # type: ignore[arg-type]

    return make
