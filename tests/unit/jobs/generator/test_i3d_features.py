"""Features of I3D beside the others, by which generated clips are compared with real ones."""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from tiny_classes import TINY, square_video

from reelwise.core.errors import ModelFileError, UsageError
from reelwise.jobs.api import evaluate, train
from reelwise.jobs.generator.i3d_features import I3DFeatures, i3d_features
from reelwise.jobs.generator.measures import FeatureMeasure
from reelwise.jobs.generator.set_comparison import ClipSets, compared_sets, distance_entries
from reelwise.jobs.runs.folder import Run
from reelwise.jobs.runs.options import EvaluateOptions
from reelwise.models.i3d.weights import expected_shapes

NO_TORCH = "PyTorch, which writes the file of weights, is not installed"


@pytest.fixture(scope="session")
def weights_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An I3D of five classes in a file of PyTorch, with random weights."""
    torch: Any = pytest.importorskip("torch", reason=NO_TORCH)
    rng, state = np.random.default_rng(0), {}
    for name, shape in expected_shapes(5):
        values = np.ones(shape, np.float32)
        if name.endswith("conv3d.weight"):
            values = rng.standard_normal(shape, np.float32) * np.float32(np.sqrt(2 / np.prod(shape[1:])))
        state[name] = torch.from_numpy(values)
    path = tmp_path_factory.mktemp("i3d") / "small [1].pt"
    torch.save(state, path)
    return path


class MeanColours:
    """A stand-in: the mean colour of the frames of each half of a clip, three clips at a time."""

    name = "i3d:colours.pt"
    batch_size = 3

    def __init__(self) -> None:
        self.counts: list[int] = []

    def __call__(self, clips: np.ndarray) -> np.ndarray:
        self.counts.append(len(clips))
        middle = clips.shape[1] // 2
        return np.concatenate([half.mean(axis=(1, 2, 3)) for half in (clips[:, :middle], clips[:, middle:])], axis=1)


def fading_clips(num: int, seed: int) -> np.ndarray:
    """(N, 4, 8, 8, 3) uint8: each from dark to bright."""
    rng = np.random.default_rng(seed)
    brightness = np.array([20, 60, 130, 200]) + rng.integers(0, 50, (num, 1))
    return np.tile(brightness[:, :, None, None, None], (1, 1, 8, 8, 3)).astype(np.uint8)


@pytest.mark.parametrize("has_training_clips", [True, False])
def test_such_features_are_compared_as_the_others_are(has_training_clips: bool) -> None:
    features, steps = MeanColours(), []
    real, samples = fading_clips(260, 0), fading_clips(256, 1)
    copies = fading_clips(8, 2) if has_training_clips else None
    clips = ClipSets(real, [str(number % 26) for number in range(260)], samples, copies)
    sets = compared_sets(FeatureMeasure(features), clips, 0, lambda done, of: steps.append((done, of)))
    total = 260 + 4 * 256 + (8 if has_training_clips else 0)
    assert max(features.counts) == 3
    assert sum(features.counts) == total
    assert steps[-1] == (total, total)
    assert [done for done, _ in steps] == np.cumsum(features.counts).tolist()
    assert np.array_equal(sets.real, MeanColours()(real))
    assert np.array_equal(sets.samples, MeanColours()(samples))
    entries = distance_entries(features.name, sets, seed=0)
    assert list(entries) == ["kvd[i3d:colours.pt]", "fvd[i3d:colours.pt]"]
    for entry in entries.values():
        assert entry["floor"] <= entry["highest_floor"]
        assert entry["ci95"][0] <= entry["value"] <= entry["ci95"][1]
        names = ["copies"] if has_training_clips else []
        assert list(entry["controls"]) == [*names, "time_shuffled", "blurred", "noise"]
        assert entry["controls"]["time_shuffled"] > entry["highest_floor"]


@pytest.mark.backend
def test_features_of_a_file_are_its_logits(weights_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    features = i3d_features(f"i3d:{weights_file}", 9, 16)
    assert features.name == "i3d:small [1].pt"
    assert features.batch_size == 1
    monkeypatch.setattr("reelwise.jobs.generator.i3d_features._FRAMES_AT_ONCE", 9)
    clips = np.stack([square_video("large", seed)[:9] for seed in (0, 4)])
    both = features(clips)
    assert both.shape == (2, 5)
    assert both.dtype == np.float64
    assert np.ptp(both[0]) > 0
    assert np.abs(both[0] - both[1]).max() > 1e-4
    assert np.allclose(features.network.predict_on_batch(clips[1:]), both[1:], atol=1e-4)


def test_features_that_are_no_numbers_are_refused() -> None:
    inputs = keras.Input((9, 4, 4, 3), dtype="uint8")
    outputs = keras.layers.Rescaling(float("inf"))(keras.layers.Flatten()(inputs))
    with pytest.raises(ModelFileError, match=r"\[i3d:x.pt\] are no numbers"):
        I3DFeatures("i3d:x.pt", keras.Model(inputs, outputs))(np.full((1, 9, 4, 4, 3), 7, np.uint8))


def test_what_is_no_file_of_weights_is_refused(tmp_path: Path) -> None:
    for text in ("inception", "i3d", "i3d:", "c3d:x.pt"):
        with pytest.raises(UsageError, match=f"--fvd-features is '{text}', expected i3d:PATH"):
            i3d_features(text, 16, 16)
    with pytest.raises(ModelFileError, match=r"none.pt: there is no such file"):
        i3d_features(f"i3d:{tmp_path / 'none.pt'}", 16, 16)
    (tmp_path / "text.pt").write_text("weights")
    with pytest.raises(ModelFileError, match=r"text.pt: is not a file that PyTorch saved"):
        i3d_features(f"i3d:{tmp_path / 'text.pt'}", 16, 16)


def test_a_path_behind_the_name_of_the_network_is_no_url(tmp_path: Path) -> None:
    EvaluateOptions(Path("m"), "clips", fvd_features=f"i3d:{tmp_path}/x.pt")
    with pytest.raises(UsageError, match="is a URL"):
        EvaluateOptions(Path("m"), "clips", fvd_features="i3d:https://host/x.pt")


def test_clips_that_are_too_short_are_refused(trained: Run, class_folders: Path, cache: Path) -> None:
    message = "I3D takes clips of 9 frames or more, and the model makes clips of 4"
    with pytest.raises(UsageError, match=message) as caught:
        evaluate(trained.path, class_folders, cache_dir=cache, fvd_features="i3d:rgb_imagenet.pt")
    assert "--num-frames 16" in caught.value.hint


@pytest.fixture(scope="module")
def longer(class_folders: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run whose clips have 12 frames."""
    options = TINY | {"num_frames": 12, "cache_dir": cache}
    return train(class_folders, out=tmp_path_factory.mktemp("runs") / "longer", **options)


def test_with_few_clips_there_are_words_in_the_place_of_their_distance(
    longer: Run, class_folders: Path, cache: Path, tmp_path: Path, weights_file: Path, listener: Any
) -> None:
    out, features = tmp_path / "out", f"i3d:{weights_file}"
    metrics = evaluate(longer.path, class_folders, cache_dir=cache, out=out, fvd_features=features, progress=listener)
    names = [f"{kind}[{of}]" for of in ("self", "random", "i3d:small [1].pt") for kind in ("kvd", "fvd")]
    assert list(metrics["distances"]) == names
    entries = list(metrics["distances"].values())
    assert entries[-1]["value"] == "too few"
    assert entries == [entries[0]] * 6
    plain = evaluate(longer.path, class_folders, cache_dir=cache)
    assert plain["distances"] == {name: metrics["distances"][name] for name in names[:4]}
    assert json.loads((out / "metrics.json").read_text()) == metrics
    page = (out / "report.html").read_text()
    assert "small [1].pt" in page
    assert "--fvd-features" in page
