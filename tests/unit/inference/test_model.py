"""Predictions of a model for files: the frames of evaluation, one error per bad video, no temporary file left."""

import itertools
import os
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import keras
import numpy as np
import pytest

from reelwise.core.contract import Contract
from reelwise.core.errors import ModelFileError, VideoError
from reelwise.inference.model import Model
from reelwise.inference.predictor import Predictor
from reelwise.media.decoding.decode import decode_video
from reelwise.media.writers.writer import write_video
from reelwise.models.file import save_model

pytestmark = pytest.mark.backend


@pytest.fixture(scope="session")
def videos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("videos")
    paths = []
    for number in range(3):
        frames = np.random.default_rng(number).integers(0, 256, (10 + number, 6, 8, 3), dtype=np.uint8)
        large = np.repeat(np.repeat(frames, 8, axis=1), 8, axis=2)
        paths.append(folder / f"clip {number}.mp4")
        write_video(paths[-1], list(large), Fraction(25))
    return paths


@pytest.fixture(scope="session")
def model_file(
    tmp_path_factory: pytest.TempPathFactory, motion_network: keras.Model, motion_contract: Contract
) -> Path:
    path = tmp_path_factory.mktemp("model") / "model.keras"
    save_model(path, motion_network, motion_contract, {"accuracy": 0.75}, {"base/x": np.ones(2)})
    return path


@pytest.fixture
def model(model_file: Path) -> Iterator[Model]:
    opened_model = Model.load(model_file)
    yield opened_model
    opened_model.close()


def test_properties_of_a_model(model: Model, motion_contract: Contract) -> None:
    assert model.labels == ("a", "b", "c")
    assert model.contract == motion_contract
    assert model.metrics == {"accuracy": 0.75}
    assert model.arrays["base/x"].tolist() == [1, 1]
    assert model.keras.output_shape == (None, 3)
    assert repr(model) == "Model(motion:small, 3 labels)"


def test_the_same_as_decoding_in_this_process(
    model: Model, videos: list[Path], motion_network: keras.Model, motion_contract: Contract
) -> None:
    expected = Predictor(motion_network, motion_contract).predict(decode_video(videos[0], motion_contract.input.decode))
    prediction = model.predict(videos[0])
    np.testing.assert_array_equal(prediction.probs, expected)
    assert prediction.file == str(videos[0])
    assert prediction.top(1)[0].label == model.labels[int(expected.argmax())]
    assert not prediction.error
    assert prediction.seconds > 0


def test_many_are_the_same_as_single_ones_in_their_order(model: Model, videos: list[Path], tmp_path: Path) -> None:
    singles = {path: model.predict(path).probs for path in videos}
    for order in itertools.islice(itertools.permutations(videos), 3):
        for num_workers in (1, 2):
            many = list(model.predict_many(order, num_workers=num_workers, scratch=tmp_path / "scratch"))
            assert [prediction.file for prediction in many] == [str(path) for path in order]
            for prediction, path in zip(many, order, strict=True):
                np.testing.assert_array_equal(prediction.probs, singles[path])
    assert os.listdir(tmp_path / "scratch") == []


def test_a_bad_file_changes_no_other_prediction(model: Model, videos: list[Path], tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_text("no video")
    paths = [videos[0], bad, tmp_path / "missing.mp4", videos[1], videos[0]]
    predictions = list(model.predict_many(paths))
    assert [bool(prediction.error) for prediction in predictions] == [False, True, True, False, False]
    assert predictions[1].file == str(bad)
    assert predictions[1].probs.shape == (0,)
    assert predictions[1].top(3) == []
    np.testing.assert_array_equal(predictions[0].probs, predictions[4].probs)
    with pytest.raises(VideoError, match=r"bad\.mp4"):
        model.predict(bad)
    assert not model.predict(videos[0]).error


def test_paths_are_read_when_needed_and_the_rest_may_be_left(model: Model, videos: list[Path], tmp_path: Path) -> None:
    used_paths = []

    def endless() -> Iterator[Path]:
        for path in itertools.cycle(videos):
            used_paths.append(path)
            yield path

    # With two workers a slow first video lets the other one run ahead, so the bound holds for one worker only.
    predictions = model.predict_many(endless(), num_workers=1, scratch=tmp_path / "scratch")
    first = [next(predictions) for _ in range(4)]
    predictions.close()
    assert len(used_paths) <= 4 + 2 * 1 + 1
    assert [prediction.file for prediction in first] == [str(path) for path in used_paths[:4]]
    assert os.listdir(tmp_path / "scratch") == []


def test_only_a_few_decoded_videos_lie_on_the_disk(model: Model, videos: list[Path], tmp_path: Path) -> None:
    for _ in model.predict_many(videos * 5, num_workers=1, scratch=tmp_path):
        (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
        assert len(list(folder.iterdir())) <= 4


def test_the_prediction_of_a_video_too_short_for_the_stride_has_the_reason(
    tmp_path: Path, videos: list[Path], motion_network: keras.Model, motion_contract: Contract
) -> None:
    clip = replace(motion_contract.input.clip, frame_stride=4)
    strict = replace(motion_contract, input=replace(motion_contract.input, clip=clip))
    save_model(tmp_path / "m.keras", motion_network, strict)
    predictions = list(Model.load(tmp_path / "m.keras").predict_many(videos))
    assert all("at stride 4" in prediction.error for prediction in predictions)


def test_unsure_below_the_threshold(
    tmp_path: Path, videos: list[Path], motion_network: keras.Model, motion_contract: Contract
) -> None:
    for threshold, unsure in ((0.0, False), (1.0, True)):
        output = replace(motion_contract.output, unsure_below=threshold)
        save_model(tmp_path / "m.keras", motion_network, replace(motion_contract, output=output))
        assert Model.load(tmp_path / "m.keras").predict(videos[0]).unsure is unsure


def test_more_views_on_request(model: Model, videos: list[Path]) -> None:
    one, three = model.predict(videos[2], num_views=1), model.predict(videos[2])
    assert not np.array_equal(one.probs, three.probs)


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="no such file"):
        Model.load(tmp_path / "none.keras")
