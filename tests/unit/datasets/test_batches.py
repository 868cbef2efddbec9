import hashlib
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from reelwise.core.clip import ClipSpec, DecodeSettings, TimeJitter
from reelwise.core.contract import InputSpec
from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.modalities import MetadataColumn, SoundInput
from reelwise.core.sound import LogMel
from reelwise.core.video import VideoFacts
from reelwise.datasets.batches import ClipBatches
from reelwise.sampling.clip_inputs import present_modalities
from reelwise.tasks.labels import balanced_weights, one_hot
from reelwise.transforms.augment import Augmentation, augmentation

SPEC = ClipSpec(num_frames=4, input_size=16)


def video(number: int, num_frames: int = 12) -> DecodedVideo:
    """The red of every pixel tells which video it is from; green and blue are noise."""
    frames = np.random.default_rng(number).integers(0, 256, (num_frames, 20, 20, 3), np.uint8)
    frames[..., 0] = number
    facts = VideoFacts(num_frames, 20, 20, num_frames / 30, Fraction(30), False, 0, "h264", "mov")
    return DecodedVideo(frames, FrameTimes(np.arange(num_frames, dtype=np.int64), num_frames, Fraction(1, 30)), facts)


def batches(num: int = 10, **changed) -> ClipBatches:
    plain = {
        "videos": [video(i) for i in range(num)],
        "targets": one_hot(np.arange(num) % 3, 3),
        "spec": SPEC,
        "augment": None,
        "batch_size": 4,
        "seed": 0,
    }
    return ClipBatches(**(plain | changed))


def same(first, second) -> bool:
    return all(
        np.array_equal(a.clips, b.clips)
        and np.array_equal(a.targets, b.targets)
        and np.array_equal(a.indices, b.indices)
        for a, b in zip(first, second, strict=True)
    )


def test_every_video_comes_once_and_the_rest_is_padding_of_weight_0():
    for data in (batches(), batches(2), batches(shuffle=False), batches(8)):
        found = list(data.epoch(0))
        assert len(found) == len(data)
        assert all(b.clips.shape == (4, 4, 16, 16, 3) and b.clips.dtype == np.uint8 for b in found)
        real = [int(i) for b in found for i, w in zip(b.indices, b.sample_weights, strict=True) if w > 0]
        assert sorted(real) == list(range(data.num_videos))


def test_clips_targets_and_indices_belong_together():
    data = batches()
    for batch in data.epoch(3):
        assert np.array_equal(batch.clips[:, 0, 0, 0, 0], batch.indices)
        assert np.array_equal(batch.targets, data.targets[batch.indices])


def test_order_depends_on_seed_and_epoch_alone():
    orders = [[b.indices.tolist() for b in batches(seed=s).epoch(e)] for s, e in ((0, 0), (0, 0), (0, 1), (1, 0))]
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]
    assert orders[0] != orders[3]
    still = batches(shuffle=False)
    assert next(still.epoch(5)).indices.tolist() == [0, 1, 2, 3]


def test_an_epoch_can_be_gone_on_with_in_its_middle():
    data = batches(augment=augmentation("strong", flip=True), mixup=0.3)
    assert same(list(data.epoch(2))[1:], data.epoch(2, first_batch=1))
    assert same(data.epoch(2), data.epoch(2))


def test_a_sample_varies_in_its_own_way_whatever_the_batch_size():
    many, few = (
        batches(augment=augmentation("strong", flip=True)),
        batches(batch_size=2, augment=augmentation("strong", True)),
    )
    by_index = {int(i): clip for b in few.epoch(1) for i, clip in zip(b.indices, b.clips, strict=True)}
    for batch in many.epoch(1):
        for index, clip in zip(batch.indices, batch.clips, strict=True):
            assert np.array_equal(clip, by_index[int(index)])


def test_samples_and_epochs_vary_each_in_their_own_way():
    alike = [video(0)] * 4
    data = batches(4, videos=alike, augment=augmentation("strong", flip=True))
    clips = [clip for epoch in (0, 1) for clip in next(data.epoch(epoch)).clips]
    assert len({clip.tobytes() for clip in clips}) == 8


def test_weights_reach_the_batch_and_mixup_blends_targets():
    weights = np.linspace(1, 2, 10, dtype=np.float32)
    for batch in batches(weights=weights, mixup=0.5).epoch(0):
        real = batch.sample_weights > 0
        assert np.array_equal(batch.sample_weights[real], weights[batch.indices[real]])
        assert np.allclose(batch.targets.sum(1), 1)
    assert any(((b.targets > 0) & (b.targets < 1)).any() for b in batches(mixup=0.5).epoch(0))


def test_a_transform_of_clips_gives_descriptors():
    data = batches(clip_transform=lambda clip: clip.reshape(len(clip), -1)[:, :5].astype(np.float32))
    batch = next(data.epoch(0))
    assert batch.clips.shape == (4, 4, 5)
    assert batch.clips.dtype == np.float32


def test_names_and_mistakes():
    assert batches().name(3) == "video 3"
    assert batches(2, names=("a.mp4", "b.mp4")).name(1) == "b.mp4"
    with pytest.raises(ValueError, match="targets"):
        batches(targets=np.zeros((3, 2), np.float32))
    with pytest.raises(ValueError, match="batch_size"):
        batches(batch_size=0)


def test_balanced_weights_let_classes_count_alike():
    labels = [0] * 6 + [1] * 2 + [2]
    weights = balanced_weights(labels, 3)
    assert weights.mean() == pytest.approx(1)
    assert [weights[np.array(labels) == c].sum() for c in range(3)] == pytest.approx([3, 3, 3])
    assert balanced_weights(labels, 3, strength=0).tolist() == [1.0] * 9


# Made by the code of 56c918c, which knew no sound; numpy alone, so that it holds on every processor.
CLIPS_SHA256 = "71d9e6c07fd6e552e538eea79d26dc248af5ba2073af6eaa658f081dbd2abdbc"

# Made by the code of f4ea41e, which took the frames out of the video before it warped them. Warping is OpenCV's
# arithmetic of whole numbers, the same on every processor; colours and descriptors are not.
WARPED_SHA256 = {
    ("motion", 3): "007f672fde7c39020c214eab1f1eb447085b482adb5461ec101a4d5f7530ff14",
    ("motion", 24): "8b64e7793e6491b1db449db91ad8be5ff5162d7aeee92099e1d63d4449d64aff",
}

EVERYTHING = InputSpec(
    DecodeSettings(size=20),
    SPEC,
    modalities=("frames", "sound", "metadata"),
    sound=SoundInput(num_mels=8, max_seconds=Fraction(1, 4)),
    metadata=(MetadataColumn("hour", "number"),),
)


def rich_video(number: int) -> DecodedVideo:
    """Every second video has sound, the first three of five have metadata."""
    num_frames = 60 if number % 2 == 0 else 0
    values = np.random.default_rng(number).uniform(-5, 2, (num_frames, 8)).astype(np.float32)
    log_mel = LogMel(values, np.ones(num_frames, bool), Fraction(0), Fraction(1, 100))
    return replace(video(number), log_mel=log_mel, metadata={"hour": "1"} if number % 5 < 3 else {})


def rich(num: int = 10, **changed) -> ClipBatches:
    return batches(num, **({"videos": [rich_video(i) for i in range(num)], "input_spec": EVERYTHING} | changed))


def inputs_of(data: ClipBatches, epoch: int = 0) -> dict[int, dict[str, np.ndarray]]:
    """The inputs of each video."""
    found = {}
    for batch in data.epoch(epoch):
        for row, index in enumerate(batch.indices):
            found[int(index)] = {name: one[row] for name, one in batch.inputs.items()}
    return found


def test_frames_alone_are_bit_for_bit_what_they_were():
    data = batches(augment=Augmentation(erase=0.5, time=TimeJitter(0.7)))
    digest = hashlib.sha256()
    for batch in data.epoch(1):
        digest.update(batch.clips.tobytes() + batch.targets.tobytes() + batch.indices.tobytes())
    assert digest.hexdigest() == CLIPS_SHA256
    alone = replace(EVERYTHING, modalities=("frames",), sound=None, metadata=())
    data = batches(augment=augmentation("strong", flip=True), mixup=0.3)
    assert same(data.epoch(1), replace(data, input_spec=alone, modality_dropout=0.5).epoch(1))


@pytest.mark.parametrize(("strength", "num_frames"), WARPED_SHA256)
def test_warped_clips_are_bit_for_bit_what_they_were(strength, num_frames):
    spec = ClipSpec(num_frames=num_frames, input_size=16)
    digest = hashlib.sha256()
    for batch in batches(spec=spec, augment=augmentation(strength, flip=True)).epoch(1):
        digest.update(batch.clips.tobytes())
    assert digest.hexdigest() == WARPED_SHA256[strength, num_frames]


def test_clips_of_a_model_that_hears_are_the_same_clips():
    """What else is read shifts no random number of the frames."""
    kind = augmentation("strong", flip=True)
    for seen, read in zip(
        batches(augment=kind).epoch(1), rich(augment=kind, modality_dropout=0.0).epoch(1), strict=True
    ):
        assert np.array_equal(seen.clips, read.clips)
        assert seen.clips.dtype == read.clips.dtype
        assert np.array_equal(seen.indices, read.indices)


def test_missing_parts_are_not_there():
    for index, one in inputs_of(rich()).items():
        assert one["sound_present"].any() == (index % 2 == 0)
        assert one["metadata_present"].any() == (index % 5 < 3)
        assert one["frames_present"].all()


def test_clips_with_sound_are_never_mixed():
    for batch in rich(mixup=0.5).epoch(0):
        assert set(np.unique(batch.targets)) == {0, 1}


def test_about_as_many_are_hidden_as_asked_and_never_the_only_one():
    data, plain = rich(modality_dropout=0.5, seed=1), inputs_of(rich())
    hidden, possible = dict.fromkeys(EVERYTHING.modalities, 0), 0
    for epoch in range(40):
        for index, one in inputs_of(data, epoch).items():
            before, after = present_modalities(plain[index]), present_modalities(one)
            assert after
            assert len(before) - len(after) in (0, 1)
            possible += len(before) > 1
            for gone in set(before) - set(after):
                hidden[gone] += 1
    assert 0.4 < sum(hidden.values()) / possible < 0.6
    assert min(hidden.values()) > 20


def test_hiding_and_sound_vary_by_seed_epoch_and_sample_alone():
    kind = augmentation("strong", flip=False)
    one, other = rich(augment=kind, modality_dropout=0.5), rich(augment=kind, modality_dropout=0.5, batch_size=3)
    first, second, later = inputs_of(one), inputs_of(other), inputs_of(one, epoch=1)
    for index, found in first.items():
        assert all(np.array_equal(value, second[index][name]) for name, value in found.items())
    sounding = [i for i in first if first[i]["sound"].any() and later[i]["sound"].any()]
    assert sounding
    assert not any(np.array_equal(first[i]["sound"], later[i]["sound"]) for i in sounding)
    tail = [batch.inputs["sound"] for batch in one.epoch(2)][1:]
    assert all(np.array_equal(a, b.inputs["sound"]) for a, b in zip(tail, one.epoch(2, first_batch=1), strict=True))


def test_without_frames_no_pixel_is_read():
    sound_alone = replace(EVERYTHING, modalities=("sound",), metadata=())
    batch = next(rich(input_spec=sound_alone, augment=augmentation("light", flip=False)).epoch(0))
    assert list(batch.inputs) == ["sound", "sound_present"]
    with pytest.raises(KeyError):
        _ = batch.clips


def test_descriptors_and_sound_go_together():
    data = rich(clip_transform=lambda clip: clip.reshape(len(clip), -1)[:, :5].astype(np.float32))
    batch = next(data.epoch(0))
    assert next(iter(batch.inputs)) == "descriptors"
    assert batch.clips.shape == (4, 4, 5)
