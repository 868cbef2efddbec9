"""Copies of a video whose sound cannot be read: said once for each file, with the codec."""

from pathlib import Path

import pytest
from sound_files import Track, make_sounding, tone

from reelwise.jobs.api import analyze, predict
from reelwise.jobs.predict import annotate


@pytest.fixture(scope="module")
def unheard(tmp_path_factory) -> Path:
    """A video with a track in a codec that is not read."""
    path = tmp_path_factory.mktemp("films") / "unheard.mkv"
    return make_sounding(path, [Track([(0, tone(1))], codec="wavpack")])


class Warnings:
    """Keeps what is said."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def warn(self, text: str) -> None:
        self.texts.append(text)


@pytest.mark.parametrize("do", ["shots", "shots,sound"])
def test_clips_and_overlay_without_sound_are_said_once(unheard, tmp_path, do):
    run = analyze(unheard, do=do, split=True, overlay=True, out=tmp_path / "out")
    (video,) = run.index["videos"]
    assert [text for text in video["warnings"] if "wavpack" in text] == [
        "sound: left out of clips and overlay: no usable sound: codec wavpack."
        if do == "shots"
        else "sound: no usable sound: codec wavpack."
    ]


def test_an_annotated_copy_without_sound_is_said(unheard, tested, tmp_path):
    (prediction,) = predict(tested.path, unheard)
    listener = Warnings()
    annotate(unheard, prediction, tmp_path / "a.mp4", listener)
    assert listener.texts == ["unheard.mkv: the copy has no sound: no usable sound: codec wavpack."]
