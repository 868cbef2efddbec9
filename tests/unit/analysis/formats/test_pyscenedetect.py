"""scenes.csv: what PySceneDetect's load-scenes reads back."""

import csv
import io
from fractions import Fraction

import crafted_tracks
import pytest
from crafted_tracks import Crafted

from reelwise.analysis.formats.pyscenedetect import COLUMNS, FORMAT


def read_scenes(crafted: Crafted, folder) -> tuple[list[str], list[dict[str, str]]]:
    """As PySceneDetect 0.7.2 does: the columns are in the first line, or in the second one."""
    text = FORMAT.write(crafted.analysis, folder)["scenes.csv"]
    assert isinstance(text, str)
    reader = csv.reader(io.StringIO(text))
    cuts, columns = next(reader), next(reader)
    assert columns == list(COLUMNS)
    return cuts, [dict(zip(columns, row, strict=True)) for row in reader]


@pytest.mark.parametrize("rate", [*crafted_tracks.RATES, None])
def test_scenes_come_back_by_frame_timecode_and_second(rate: Fraction | None, tmp_path) -> None:
    crafted = crafted_tracks.craft_rate(rate, transition_length=3) if rate else crafted_tracks.craft_uneven()
    cuts, scenes = read_scenes(crafted, tmp_path)
    shots = crafted.analysis.items("shots")
    assert cuts[0] == "Timecode List:"
    assert cuts[1:] == [scene["Start Timecode"] for scene in scenes[1:]]
    for number, (shot, scene) in enumerate(zip(shots, scenes, strict=True), 1):
        assert int(scene["Scene Number"]) == number
        assert int(scene["Start Frame"]) - 1 == shot.start.frame
        assert int(scene["End Frame"]) == shot.end.frame
        assert int(scene["Length (frames)"]) == shot.end.frame - shot.start.frame
        for edge, frame in (("Start", shot.start.frame), ("End", shot.end.frame)):
            hours, minutes, seconds = scene[f"{edge} Timecode"].split(":")
            by_label = int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds)
            assert by_label == Fraction(scene[f"{edge} Time (seconds)"])
            assert crafted.frame_shown(by_label) == crafted.nearest_frame(by_label) == frame


def test_no_shots_give_the_columns_alone(tmp_path) -> None:
    crafted = crafted_tracks.craft([0, 40], Fraction(1, 1000))
    assert read_scenes(crafted, tmp_path) == (["Timecode List:"], [])
