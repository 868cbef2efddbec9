"""items.csv: all times of all items, and no formula."""

import csv
import io
from fractions import Fraction

import crafted_tracks
import pytest
from crafted_tracks import Crafted

from reelwise.analysis.formats.items_csv import COLUMNS, FORMAT


def rows_of(crafted: Crafted, folder) -> list[dict[str, str]]:
    text = FORMAT.write(crafted.analysis, folder)["items.csv"]
    assert isinstance(text, str)
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("time_base", crafted_tracks.TIME_BASES)
@pytest.mark.parametrize("rate", [*crafted_tracks.RATES, None])
def test_every_time_comes_back_to_its_frame(rate: Fraction | None, time_base: Fraction, tmp_path) -> None:
    start = Fraction(1, 7)
    crafted = (
        crafted_tracks.craft_rate(rate, time_base, first_pts=-90, start_seconds=start)
        if rate
        else crafted_tracks.craft_uneven(Fraction(1, 90_000), first_pts=77, start_seconds=start)
    )
    rows = rows_of(crafted, tmp_path)
    items = [(track.id, item) for track in crafted.analysis.tracks for item in track.items]
    for (name, item), row in zip(items, rows, strict=True):
        assert (row["track"], row["id"], row["label"]) == (name, item.id, item.label)
        for edge, moment in (("start", item.start), ("end", item.end)):
            assert int(row[f"{edge}_frame"]) == moment.frame
            assert int(row[f"{edge}_pts"]) == moment.pts
            assert row[f"{edge}_timecode"] == (moment.timecode or "")
            seconds = Fraction(row[f"{edge}_seconds"])
            assert crafted.frame_shown(seconds) == crafted.nearest_frame(seconds) == moment.frame
        assert int(row["num_frames"]) == item.end.frame - item.start.frame


def test_transitions_and_values_have_their_columns(tmp_path) -> None:
    rows = rows_of(crafted_tracks.craft_rate(Fraction(25), transition_length=3), tmp_path)
    shots = [row for row in rows if row["track"] == "shots"]
    assert [row["transition"] for row in shots[:6]] == ["", "cut", "cut", "dissolve", "cut", "cut"]
    fields = ("transition_start_frame", "transition_end_frame", "start_frame", "transition_score")
    assert [shots[3][name] for name in fields] == ["4", "7", "7", "0.9"]
    assert rows[-1]["values"] == "strength=0.25"


def test_no_cell_is_a_formula_and_each_row_is_a_line(tmp_path) -> None:
    crafted = crafted_tracks.hostile()
    text = FORMAT.write(crafted.analysis, tmp_path)["items.csv"]
    assert isinstance(text, str)
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == len(text.splitlines()) == 1 + sum(len(track.items) for track in crafted.analysis.tracks)
    texts = {"track", "id", "label", "values", "picture"}
    cells = [cell for row in rows[1:] for name, cell in zip(COLUMNS, row, strict=True) if name in texts]
    assert not [cell for cell in cells if cell[:1] in "=+-@" and cell not in ("", "-")]
    assert "'+1" in cells
