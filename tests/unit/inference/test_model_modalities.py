"""Predictions of a model of frames, sound and metadata for files."""

import os
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import keras
import numpy as np
import pytest
from flash_and_click import FlashAndClick, uneven_pts, write_flash_and_click

from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, NetworkSpec
from reelwise.core.errors import VideoError
from reelwise.core.modalities import SoundInput
from reelwise.core.records import Record
from reelwise.core.sound import Sound
from reelwise.inference.decode_stream import DecodeStream
from reelwise.inference.model import Model
from reelwise.inference.predictor import Predictor
from reelwise.media.workers.pool import WorkerPool
from reelwise.media.writers.writer import write_video
from reelwise.models.build import build_network
from reelwise.models.file import LoadedModel, save_model
from reelwise.sampling.views import plan_views

pytestmark = pytest.mark.backend


@pytest.fixture(scope="session")
def sound_videos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Videos of half a second: with sound, with sound from half of it on, with a silent track, without."""
    folder = tmp_path_factory.mktemp("sound_videos")
    rng = np.random.default_rng(0)
    large = np.kron(rng.integers(0, 256, (12, 6, 8, 3), dtype=np.uint8), np.ones((1, 8, 8, 1), np.uint8))
    noise = rng.normal(0, 0.1, 8_000).astype(np.float32)
    sounds = {
        "full": Sound(noise, 16_000),
        "half": Sound(noise[:4_000], 16_000, Fraction(1, 4)),
        "silent": Sound(np.zeros(8_000, np.float32), 16_000),
        "mute": None,
    }
    for name, sound in sounds.items():
        write_video(folder / f"{name}.mp4", list(large), Fraction(25), sound=sound)
    return {name: folder / f"{name}.mp4" for name in sounds}


@pytest.fixture(scope="session")
def model(
    tmp_path_factory: pytest.TempPathFactory, fused_network: keras.Model, fused_contract: Contract
) -> Iterator[Model]:
    path = tmp_path_factory.mktemp("model") / "model.keras"
    save_model(path, fused_network, fused_contract, {}, {})
    opened_model = Model.load(path)
    yield opened_model
    opened_model.close()


def test_the_same_as_from_the_cache(
    model: Model, sound_videos: dict[str, Path], fused_contract: Contract, tmp_path: Path
) -> None:
    cache, predictor = FrameCache(tmp_path / "cache"), Predictor(model.keras, fused_contract)
    assert fused_contract.input.sound is not None
    for name, path in sound_videos.items():
        record = Record(path.name, path, "", metadata={"site": "inside"})
        cache.fill([record], fused_contract.input.decode, num_workers=1)
        log_mel = cache.open_sound(record, fused_contract.input.sound)
        assert log_mel.present.any() == (name in ("full", "half"))
        video = replace(cache.open(record, fused_contract.input.decode), log_mel=log_mel, metadata=record.metadata)
        prediction = model.predict(path, {"site": "inside", "age": None})
        np.testing.assert_array_equal(prediction.probs, predictor.predict(video))


def test_half_a_track_is_present_for_half_of_the_video(
    sound_videos: dict[str, Path], fused_contract: Contract, tmp_path: Path
) -> None:
    with (
        WorkerPool(1) as pool,
        DecodeStream(pool, fused_contract.input.decode, tmp_path, fused_contract.input.sound) as stream,
    ):
        ((_, video),) = stream.run([sound_videos["half"]])
        assert not isinstance(video, VideoError)
        assert video.log_mel is not None
        seconds = [float(video.log_mel.time_of(k)) for k in np.flatnonzero(video.log_mel.present)]
        assert 0.15 < seconds[0] < 0.27  # AAC's first block may lie before the start
        assert 0.45 < seconds[-1] < 0.55
        assert video.metadata["container.width"] == "64"


def test_many_with_and_without_sound_as_single_ones(
    model: Model, sound_videos: dict[str, Path], tmp_path: Path
) -> None:
    missing = tmp_path / "missing.mp4"
    paths = [*sound_videos.values(), missing, sound_videos["full"], *sound_videos.values()]
    metadata_of = {str(sound_videos["mute"]): {"site": "outside", "age": 52}}
    singles = {path: model.predict(path, metadata_of.get(str(path))).probs for path in sound_videos.values()}
    for num_workers in (1, 2):
        many = list(model.predict_many(paths, metadata_of, num_workers=num_workers, scratch=tmp_path / "scratch"))
        assert [prediction.file for prediction in many] == [str(path) for path in paths]
        assert [bool(prediction.error) for prediction in many] == [path == missing for path in paths]
        for prediction, path in zip(many, paths, strict=True):
            if path != missing:
                np.testing.assert_array_equal(prediction.probs, singles[path])
    assert os.listdir(tmp_path / "scratch") == []
    assert len({probs.tobytes() for probs in singles.values()}) == 4  # silent is as mute, but mute has metadata


def test_only_a_few_files_lie_on_the_disk(model: Model, sound_videos: dict[str, Path], tmp_path: Path) -> None:
    for _ in model.predict_many(list(sound_videos.values()) * 4, num_workers=1, scratch=tmp_path):
        (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
        assert len(list(folder.iterdir())) <= 6


def test_a_video_without_anything_that_a_model_reads_is_refused(
    fused_contract: Contract, sound_videos: dict[str, Path]
) -> None:
    spec = replace(fused_contract.input, modalities=("sound",), metadata=())
    network, output = NetworkSpec(fused_contract.network.encoders[1:2]), fused_contract.label_output
    contract = Contract(spec, network, replace(output, head_weights=()))
    model = Model(LoadedModel(build_network(contract), contract, {}, {}))
    try:
        assert not model.predict(sound_videos["half"]).error
        with pytest.raises(VideoError, match=r"mute\.mp4: it has no usable sound"):
            model.predict(sound_videos["mute"])
        (prediction,) = model.predict_many([sound_videos["silent"]])
        assert "no usable sound" in prediction.error
    finally:
        model.close()


@pytest.mark.parametrize(
    ("pts", "time_base"), [(range(48), Fraction(1001, 24_000)), (uneven_pts(40, seed=3), Fraction(1, 1000))]
)
def test_flash_and_click_of_a_file_are_in_step(
    fused_network: keras.Model, fused_contract: Contract, tmp_path: Path, pts: list[int], time_base: Fraction
) -> None:
    plan = FlashAndClick(pts, time_base, flash=27, sound_start=Fraction(1, 3))
    write_flash_and_click(tmp_path / "a.mp4", plan)
    spec = replace(
        fused_contract.input,
        clip=ClipSpec(30, frame_stride=1, input_size=36),
        sound=SoundInput(),
        decode=DecodeSettings(size=40, max_frame_rate=None),
    )
    contract = replace(fused_contract, input=spec)
    with WorkerPool(1) as pool, DecodeStream(pool, spec.decode, tmp_path, spec.sound) as stream:
        ((_, video),) = stream.run([tmp_path / "a.mp4"])
        assert not isinstance(video, VideoError)
        views = Predictor(fused_network, contract).views(video)
        assert isinstance(views, dict)
        for row, view in enumerate(plan_views(video.times, spec.clip, spec.num_views)):
            brightest = int(views["clips"][row].mean(axis=(1, 2, 3)).argmax())
            flash = int(video.times.pts[view.indices[brightest]]) * video.times.time_base
            assert view.indices[brightest] == plan.flash
            loudness = np.where(views["sound_present"][row] > 0, views["sound"][row].sum(axis=1), -np.inf)
            start = int(video.times.pts[view.indices[0]]) * video.times.time_base
            click = start + (int(loudness.argmax()) + Fraction(1, 2)) * Fraction(1, 100)
            assert abs(click - flash) < plan.half_frame_seconds
