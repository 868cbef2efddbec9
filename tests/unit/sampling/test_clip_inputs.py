"""The inputs of a network for one clip: names, order, shapes, missing and masked modalities."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import InputSpec
from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.modalities import MetadataColumn, SoundInput
from reelwise.core.sound import LogMel
from reelwise.core.video import VideoFacts
from reelwise.sampling.clip_inputs import clip_inputs, mask_modality, present_modalities, stack_inputs

FRAMES_ONLY = InputSpec(DecodeSettings(size=16), ClipSpec(4, input_size=16))
ALL = replace(
    FRAMES_ONLY,
    modalities=("frames", "sound", "metadata"),
    sound=SoundInput(num_mels=8, max_seconds=Fraction(1)),
    metadata=(MetadataColumn("hour", "number"), MetadataColumn("site", "category", values=("x",))),
)
INDICES = np.array([0, 2, 4, 6])
CLIP = np.full((4, 16, 16, 3), 7, np.uint8)
KEYS = ["clips", "frames_present", "sound", "sound_present", "numbers", "categories", "metadata_present"]


def video(log_mel: LogMel | None = None, metadata: dict[str, str] | None = None) -> DecodedVideo:
    times = FrameTimes(np.arange(8, dtype=np.int64), 8, Fraction(1, 8))
    facts = VideoFacts(8, 16, 16, 1.0, Fraction(8), False, 0, "h264", "mp4")
    return DecodedVideo(np.zeros((8, 16, 16, 3), np.uint8), times, facts, log_mel, metadata or {})


def noise(num_frames: int = 200) -> LogMel:
    values = np.random.default_rng(0).normal(size=(num_frames, 8)).astype(np.float32)
    return LogMel(values, np.ones(num_frames, bool), Fraction(0), Fraction(1, 100))


def full() -> DecodedVideo:
    return video(noise(), {"hour": "1", "site": "x"})


def test_a_model_of_frames_takes_the_clip_itself():
    assert clip_inputs(FRAMES_ONLY, full(), INDICES, CLIP) is CLIP
    with pytest.raises(ValueError, match="needs frames"):
        clip_inputs(FRAMES_ONLY, full(), INDICES, None)


def test_names_come_in_order_and_sound_is_that_of_the_clip():
    inputs = clip_inputs(ALL, full(), INDICES, CLIP)
    assert list(inputs) == KEYS
    assert inputs["sound_present"].tolist() == [1.0] * 88 + [0.0] * 12  # 7 of 8 frames of 1/8 s: 0.875 s
    assert np.array_equal(inputs["sound"][:88], noise().values[:88])
    assert present_modalities(inputs) == ("frames", "sound", "metadata")


def test_descriptors_have_a_name_of_their_own():
    inputs = clip_inputs(ALL, full(), INDICES, np.zeros((4, 5), np.float32))
    assert next(iter(inputs)) == "descriptors"


def test_models_without_frames_or_with_one_other_modality():
    heard = replace(ALL, modalities=("sound",), metadata=())
    assert list(clip_inputs(heard, full(), INDICES, None)) == ["sound", "sound_present"]
    read = replace(ALL, modalities=("metadata",), sound=None)
    assert list(clip_inputs(read, full(), INDICES, None)) == KEYS[4:]


@pytest.mark.parametrize("log_mel", [None, noise(0), replace(noise(), present=np.zeros(200, bool))])
def test_without_usable_sound_the_mask_is_zero(log_mel):
    inputs = clip_inputs(ALL, video(log_mel), INDICES, CLIP)
    assert not inputs["sound"].any()
    assert not inputs["sound_present"].any()
    assert present_modalities(inputs) == ("frames",)


@pytest.mark.parametrize("modality", ["frames", "sound", "metadata"])
def test_a_masked_modality_equals_a_missing_one(modality):
    inputs = clip_inputs(ALL, full(), INDICES, CLIP, masked_modalities={modality})
    assert present_modalities(inputs) == tuple(name for name in ALL.modalities if name != modality)
    assert [(name, one.shape, one.dtype) for name, one in inputs.items()] == [
        (name, one.shape, one.dtype) for name, one in clip_inputs(ALL, full(), INDICES, CLIP).items()
    ]
    missing = {"sound": video(None, {"hour": "1", "site": "x"}), "metadata": video(noise())}.get(modality)
    if missing is not None:
        as_missing = clip_inputs(ALL, missing, INDICES, CLIP)
        assert all(np.array_equal(one, as_missing[name]) for name, one in inputs.items())
    assert CLIP.all()


def test_masking_leaves_the_original_arrays_alone():
    inputs = clip_inputs(ALL, full(), INDICES, CLIP)
    mask_modality(inputs, "sound")
    assert inputs["sound"].any()


def test_several_clips_make_a_batch():
    rows = [clip_inputs(ALL, full(), INDICES, CLIP) for _ in range(3)]
    assert {name: one.shape for name, one in stack_inputs(rows).items()}["sound"] == (3, 100, 8)
    assert stack_inputs([CLIP, CLIP]).shape == (2, 4, 16, 16, 3)
