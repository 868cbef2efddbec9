"""The one pass over a video: what it keeps beside what the analyzers give."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from plain_film import make_film
from sound_files import Track, make_sounding, tone

from reelwise.analysis import sound_source
from reelwise.analysis.analyzer import Setup
from reelwise.analysis.catalogue import CATALOGUE
from reelwise.analysis.engine import VideoPass, run_pass
from reelwise.analysis.pictures import PictureStore
from reelwise.core.errors import VideoError
from reelwise.core.sound import Sound


@pytest.mark.parametrize(("keeps_strip", "strip_frames"), [(True, (0, 50, 100)), (False, ())])
def test_a_strip_of_pictures_is_kept_where_it_is_wanted(keeps_strip: bool, strip_frames: tuple, tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mkv")
    pictures = PictureStore(tmp_path / "pictures")
    entries = [entry for entry in CATALOGUE if entry.name == "shots"]
    result = run_pass(VideoPass(film, entries, Setup((0, 0)), pictures, keeps_strip=keeps_strip))
    assert result.strip_frames == strip_frames
    frames = {finding.picture_frame for finding in result.findings["shots"]} | set(strip_frames)
    assert sorted(pictures) == sorted(str(pictures.name_of(frame)) for frame in frames)


class BrokenStream:
    """A stream of two seconds of sound whose worker dies then."""

    def __init__(self, task: object) -> None:
        self.task = task

    def __iter__(self) -> Iterator[Sound]:
        for place in range(8):
            yield Sound(np.zeros(4000, np.float32), 16_000, Fraction(place, 4), channels=("FC",))
        raise VideoError("film.mkv: the decoder crashed (SIGSEGV).")

    def start(self) -> None: ...

    def close(self) -> None: ...


def test_what_is_behind_sound_that_broke_off_is_not_said(tmp_path, monkeypatch) -> None:
    """Neither that there is none, nor how loud the whole is; the silence that was heard is there."""
    monkeypatch.setattr(sound_source, "SoundStream", BrokenStream)
    film = make_film(tmp_path / "film.mkv", lengths=(60, 42, 80, 68))
    entries = [entry for entry in CATALOGUE if entry.has_sound]
    result = run_pass(VideoPass(film, entries, Setup((0, 0)), PictureStore(tmp_path / "pictures")))
    found = [(one.label, one.start_frame, one.end_frame) for one in result.findings["sound"]]
    assert found == [("silence", 0, 50)]
    assert result.sound_missing == "film.mkv: the decoder crashed (SIGSEGV)."
    loudness = result.signals["sound"].values
    assert np.isnan(loudness[21:]).all()
    assert not np.isnan(loudness[5:15, 0]).any()


def test_sound_behind_the_last_frame_changes_nothing(tmp_path) -> None:
    """A crafted file may have some, years later."""
    track = Track([(0.0, tone(1.0)), (20_000_000.0, tone(1.0))])
    path = make_sounding(tmp_path / "far.mkv", [track], num_frames=25)
    entries = [entry for entry in CATALOGUE if entry.has_sound]
    result = run_pass(VideoPass(path, entries, Setup((0, 0)), PictureStore(tmp_path / "pictures")))
    assert result.signals["waveform"].values.shape == (100, 2)
    assert [one.label for one in result.findings["sound"]] == ["programme"]
    assert result.sound_missing == ""


def test_what_ended_with_the_sound_does_not_wait_for_more_of_it(tmp_path) -> None:
    """Pictures that go ten seconds beyond the sound show that it pauses."""
    strike = np.random.default_rng(0).normal(0, 0.3, (1, 4800)).astype(np.float32)
    samples = np.concatenate([tone(2.0), np.zeros((1, 96_000), np.float32), strike], axis=1)
    path = make_sounding(tmp_path / "pause.mkv", [Track([(0.0, samples), (36.0, tone(4.0))])], num_frames=1000)
    entries = [entry for entry in CATALOGUE if entry.has_sound]
    video_pass = VideoPass(path, entries, Setup((0, 0)), PictureStore(tmp_path / "pictures"))
    when = {(one.label, one.start_frame): len(video_pass.clock()) for _, one in video_pass}
    assert when["silence", 50] < 7 * 25
    assert when["onset", 100] < 18 * 25
    assert when["no_sound", 102] > 36 * 25, "whether it comes back is not known before"
