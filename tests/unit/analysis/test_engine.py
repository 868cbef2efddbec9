"""The one pass over a video: what it keeps beside what the analyzers give."""

from pathlib import Path

import pytest
from plain_film import make_film

from reelwise.analysis.analyzer import Setup
from reelwise.analysis.catalogue import CATALOGUE
from reelwise.analysis.engine import VideoPass, run_pass
from reelwise.analysis.pictures import PictureStore


@pytest.mark.parametrize(("keeps_strip", "strip_frames"), [(True, (0, 50, 100)), (False, ())])
def test_a_strip_of_pictures_is_kept_where_it_is_wanted(keeps_strip: bool, strip_frames: tuple, tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mkv")
    pictures = PictureStore(tmp_path / "pictures")
    entries = [entry for entry in CATALOGUE if entry.name == "shots"]
    result = run_pass(VideoPass(film, entries, Setup((0, 0)), pictures, keeps_strip=keeps_strip))
    assert result.strip_frames == strip_frames
    frames = {finding.picture_frame for finding in result.findings["shots"]} | set(strip_frames)
    assert sorted(pictures) == sorted(str(pictures.name_of(frame)) for frame in frames)
