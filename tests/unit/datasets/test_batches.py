from fractions import Fraction

import numpy as np
import pytest

from reelwise.core.clip import ClipSpec
from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.video import VideoFacts
from reelwise.datasets.batches import ClipBatches, balanced_weights, one_hot
from reelwise.transforms.augment import augmentation

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
