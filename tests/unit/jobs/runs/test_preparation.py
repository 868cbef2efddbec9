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
from reelwise.jobs.runs.preparation import Prepared, add_sound, decode_all
from reelwise.media.synthetic.audio_visual import write_audio_visual_set
from reelwise.media.synthetic.scene import Look

SETTINGS = DecodeSettings(size=16)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("set")
    look = Look(size=32, num_frames=8, frame_rate=8.0)
    write_audio_visual_set(folder, 8, 0, "sound", look=look, without_sound=0.4)
    return folder


@pytest.fixture
def prepared(folder: Path, tmp_path: Path) -> Prepared:
    dataset = read_dataset(str(folder))
    return decode_all(dataset, FrameCache(tmp_path / "cache"), SETTINGS, 2, Silent())


def test_without_a_model_that_hears_no_sound_is_decoded(prepared: Prepared) -> None:
    assert prepared.sound is None
    assert all(video.log_mel is None for video in prepared.videos())
    assert prepared.sound_note == ""
    assert not list(prepared.cache.root.glob("entries/*/*.sound"))


def test_every_video_comes_with_its_sound_or_is_known_to_have_none(prepared: Prepared) -> None:
    heard = add_sound(prepared, SoundInput(), 2, Silent())
    assert heard.heard is not None
    num_without = len(heard.heard.missing)
    assert 0 < num_without < 8
    for record, video in zip(heard.dataset.records, heard.videos(), strict=True):
        assert video.log_mel is not None
        assert (len(video.log_mel.values) == 0) == (record.name in heard.heard.missing)
        assert (video.facts.sound is None) == (record.name in heard.heard.missing)
        assert np.array_equal(video.frames, prepared.cache.open(record, SETTINGS).frames)
    assert heard.sound_note.startswith(f"{num_without} of 8 videos")
    assert f"no sound track ({num_without})" in heard.sound_note
    again = add_sound(prepared, SoundInput(), 2, Silent())
    assert again.heard is not None
    assert (again.heard.decoded, again.heard.missing) == (0, heard.heard.missing)


def test_columns_of_the_list_stand_over_what_the_file_says(prepared: Prepared) -> None:
    (video,) = prepared.videos([0])
    record = prepared.dataset.records[0]
    assert video.metadata["site"] == record.metadata["site"]
    assert (video.metadata["container.width"], video.metadata["container.num_frames"]) == ("32", "8")
    told = replace(record, metadata={**record.metadata, "container.width": "7"})
    changed = replace(prepared, dataset=replace(prepared.dataset, records=(told,)))
    assert changed.videos()[0].metadata["container.width"] == "7"
