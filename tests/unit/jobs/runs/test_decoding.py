"""Decoded videos with their sound and with what is known of each."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.core.modalities import SoundInput
from reelwise.core.progress import Silent
from reelwise.datasets.reading import read_dataset
from reelwise.jobs.runs.decoding import VideoSet, decode_dataset, decode_sound
from reelwise.media.synthetic.audio_visual import write_audio_visual_set
from reelwise.media.synthetic.scene import Style

SETTINGS = DecodeSettings(size=16)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("set")
    style = Style(size=32, num_frames=8, frame_rate=8.0)
    write_audio_visual_set(folder, 8, 0, "sound", style=style, without_sound=0.4)
    return folder


@pytest.fixture
def video_set(folder: Path, tmp_path: Path) -> VideoSet:
    dataset = read_dataset(str(folder))
    return decode_dataset(dataset, FrameCache(tmp_path / "cache"), SETTINGS, 2, Silent())


def test_without_a_model_of_sound_no_sound_is_decoded(video_set: VideoSet) -> None:
    assert video_set.sound is None
    assert all(video.log_mel is None for video in video_set.videos())
    assert video_set.sound_note == ""
    assert not list(video_set.cache.root.glob("entries/*/*.sound"))


def test_every_video_comes_with_its_sound_or_is_known_to_have_none(video_set: VideoSet) -> None:
    with_sound = decode_sound(video_set, SoundInput(), 2, Silent())
    assert with_sound.sound_fill is not None
    num_without = len(with_sound.sound_fill.missing)
    assert 0 < num_without < 8
    for record, video in zip(with_sound.dataset.records, with_sound.videos(), strict=True):
        assert video.log_mel is not None
        assert (len(video.log_mel.values) == 0) == (record.name in with_sound.sound_fill.missing)
        assert (video.facts.sound is None) == (record.name in with_sound.sound_fill.missing)
        assert np.array_equal(video.frames, video_set.cache.open(record, SETTINGS).frames)
    assert with_sound.sound_note.startswith(f"{num_without} of 8 videos")
    assert f"no sound track ({num_without})" in with_sound.sound_note
    assert with_sound.sound_note.endswith("It is marked as missing, so the model does not take it for silence.")
    again = decode_sound(video_set, SoundInput(), 2, Silent())
    assert again.sound_fill is not None
    assert (again.sound_fill.num_decoded, again.sound_fill.missing) == (0, with_sound.sound_fill.missing)


class Stages(Silent):
    """Keeps the names of stages."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def stage(self, name: str) -> None:
        self.names.append(name)


def test_sound_that_several_models_need_is_shown_once(video_set: VideoSet) -> None:
    stages = Stages()
    for _ in range(2):
        decode_sound(video_set, SoundInput(), 2, stages)
    assert stages.names == ["decode sound"]


def test_columns_of_the_list_stand_over_what_the_file_says(video_set: VideoSet) -> None:
    (video,) = video_set.videos([0])
    record = video_set.dataset.records[0]
    assert video.metadata["site"] == record.metadata["site"]
    assert (video.metadata["container.width"], video.metadata["container.num_frames"]) == ("32", "8")
    told = replace(record, metadata={**record.metadata, "container.width": "7"})
    changed = replace(video_set, dataset=replace(video_set.dataset, records=(told,)))
    assert changed.videos()[0].metadata["container.width"] == "7"
