import csv
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import ModelFileError
from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.video import SoundFacts, VideoFacts
from reelwise.evaluation.baselines import (
    BASELINE_NAMES,
    BaselineFeatures,
    Baselines,
    container_features,
    extract_features,
    fit_baselines,
    predict_out_of_fold,
)


def facts(width: int = 320, num_frames: int = 24, sound: SoundFacts | None = None, **more) -> VideoFacts:
    fields = {"duration_seconds": num_frames / 12, "frame_rate": Fraction(12), "variable_frame_rate": False}
    fields |= {"rotation": 0, "codec": "h264", "container": "mp4"}
    return VideoFacts(num_frames=num_frames, width=width, height=240, sound=sound, **(fields | more))


def video(label: int, seed: int) -> DecodedVideo:
    """Class 0 moves down, 1 moves right, 2 stands still with upright stripes and a wider picture."""
    rng = np.random.default_rng(seed)
    frames = rng.integers(90, 110, (24, 96, 96, 3), np.uint8)
    for i in range(24):
        if label == 0:
            frames[i, 3 * i : 3 * i + 16, 40:56] = 230
        elif label == 1:
            frames[i, 40:56, 3 * i : 3 * i + 16] = 230
        else:
            frames[i, :, ::6] = 230
    times = FrameTimes(np.arange(24, dtype=np.int64), 24, Fraction(1, 12))
    return DecodedVideo(frames, times, facts(640 if label == 2 else 320))


@pytest.fixture(scope="module")
def small_set():
    y = np.arange(36) % 3
    groups = [f"take {i // 3 % 6}" for i in range(36)]
    return extract_features(video(int(label), i) for i, label in enumerate(y)), y, groups


def share_right(probs: np.ndarray, y: np.ndarray) -> float:
    return float((probs.argmax(axis=1) == y).mean())


def test_each_baseline_uses_its_own_features_only(small_set):
    features, y, groups = small_set
    probs = predict_out_of_fold(features, y, np.arange(36) % 2, 3, groups, seed=0)
    assert tuple(probs) == BASELINE_NAMES
    assert share_right(probs["motion_energy"], y) == 1.0
    assert share_right(probs["majority"], y) == pytest.approx(1 / 3)
    container = probs["container"].argmax(axis=1)
    assert (container[y == 2] == 2).all()  # the wide ones
    assert (container[y != 2] != 2).all()


def test_majority_predicts_the_shares_of_training(small_set):
    features, _, _ = small_set
    y = np.array([0] * 10 + [1] * 26)
    probs = fit_baselines(features, y, 3, None, 0).predict(features)["majority"]
    assert probs.argmax(axis=1).tolist() == [1] * 36
    assert probs[0].sum() == pytest.approx(1)


def test_held_out_videos_do_not_change_their_own_baselines(small_set):
    features, y, groups = small_set
    folds = np.arange(36) % 3
    before = predict_out_of_fold(features, y, folds, 3, groups, 0)
    turned = np.where(folds == 1, (y + 1) % 3, y)  # wrong labels in fold 1 only
    after = predict_out_of_fold(features, turned, folds, 3, groups, 0)
    for name in BASELINE_NAMES:
        assert before[name][folds == 1].tobytes() == after[name][folds == 1].tobytes()
    assert before["motion_energy"][folds == 0].tobytes() != after["motion_energy"][folds == 0].tobytes()


def test_arrays_there_and_back(small_set):
    features, y, groups = small_set
    baselines = fit_baselines(features, y, 3, groups, 0)
    arrays = baselines.to_arrays()
    assert {a.dtype for a in arrays.values()} == {np.dtype(np.float32)}
    again = Baselines.from_arrays(arrays, 3)
    for name, probs in baselines.predict(features).items():
        assert again.predict(features)[name].tobytes() == probs.tobytes()


def test_arrays_of_a_file_are_validated(small_set):
    features, y, groups = small_set
    arrays = fit_baselines(features, y, 3, groups, 0).to_arrays()
    with pytest.raises(ModelFileError, match=r"majority\.shares"):
        Baselines.from_arrays(arrays, 4)
    with pytest.raises(ModelFileError, match="missing"):
        Baselines.from_arrays({}, 3)


def test_container_features_describe_the_sound_track():
    silent, stereo = container_features(facts()), container_features(facts(sound=SoundFacts("aac", 48000, 2)))
    assert silent.shape == (12,)
    assert (silent != stereo).sum() == 3
    assert np.isfinite(container_features(facts(1, 1, duration_seconds=0.0, frame_rate=Fraction(0)))).all()


def test_no_videos_give_empty_features():
    features = extract_features(iter([]))
    assert (len(features), features.motion_energy.shape) == (0, (0, 356))


@pytest.mark.real
def test_on_real_actions_they_are_as_strong_as_they_should_be(real_data):
    from reelwise.media.decoding.decode import decode_video

    with (real_data / "actions" / "labels.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    labels = sorted({row["label"] for row in rows})
    y = np.array([labels.index(row["label"]) for row in rows])
    groups = [row["group"] for row in rows]
    takes = np.unique(groups, return_inverse=True)[1]
    features = extract_features(decode_video(real_data / "actions" / r["file"], DecodeSettings()) for r in rows)
    right = {name: share_right(p, y) for name, p in predict_out_of_fold(features, y, takes, 6, groups, 0).items()}
    assert right["motion_energy"] >= 0.70
    assert right["single_frame"] >= 0.55
    assert right["container"] >= 0.50
    assert right["majority"] <= 0.20


def with_presence(features: BaselineFeatures, presence: np.ndarray) -> BaselineFeatures:
    return replace(features, presence=presence.astype(np.float32))


def test_presence_separates_the_one_class_that_has_sound(small_set):
    features, y, groups = small_set
    with_sound = with_presence(features, (y == 2)[:, None])
    probs = predict_out_of_fold(with_sound, y, np.arange(36) % 2, 3, groups, seed=0)
    assert tuple(probs) == (*BASELINE_NAMES, "presence")
    predictions = probs["presence"].argmax(axis=1)
    assert (predictions[y == 2] == 2).all()
    assert (predictions[y != 2] != 2).all()


def test_presence_is_stored_and_older_files_do_without(small_set):
    features, y, groups = small_set
    with_sound = with_presence(features, np.stack([y == 2, y >= 0], axis=1))
    baselines = fit_baselines(with_sound, y, 3, groups, 0)
    arrays = baselines.to_arrays()
    assert len(arrays) == 17
    again = Baselines.from_arrays(arrays, 3)
    assert again.predict(with_sound)["presence"].tobytes() == baselines.predict(with_sound)["presence"].tobytes()
    old = Baselines.from_arrays({name: a for name, a in arrays.items() if not name.startswith("presence")}, 3)
    assert old.presence is None
    assert tuple(old.predict(features)) == BASELINE_NAMES


def test_presence_is_not_fitted_where_all_videos_have_the_same(small_set):
    features, y, groups = small_set
    same = with_presence(features, np.ones((36, 2)))
    baselines = fit_baselines(same, y, 3, groups, 0)
    assert baselines.presence is None
    assert len(baselines.to_arrays()) == 13
    probs = baselines.predict(same)
    assert probs["presence"].tobytes() == probs["majority"].tobytes()


def test_damaged_presence_arrays_are_refused(small_set):
    features, y, groups = small_set
    arrays = fit_baselines(with_presence(features, (y == 2)[:, None]), y, 3, groups, 0).to_arrays()
    with pytest.raises(ModelFileError, match=r"presence\.coef"):
        Baselines.from_arrays({k: v for k, v in arrays.items() if k != "presence.coef"}, 3)
    with pytest.raises(ModelFileError, match=r"presence\.mean"):
        Baselines.from_arrays(arrays | {"presence.mean": np.zeros(1000, np.float32)}, 3)


def test_presence_is_extracted_from_the_videos():
    with_sound = extract_features([video(0, 0)], reads_sound=True, columns=["site"]).presence
    assert with_sound is not None
    assert with_sound.tolist() == [[0, 0, 0]]
    none = extract_features(iter([]), reads_sound=True).take(np.zeros(0, int)).presence
    assert none is not None
    assert none.shape == (0, 2)
