import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import UsageError
from reelwise.features.log_mel import log_mel
from reelwise.media.decoding.decode import decode_video
from reelwise.media.sound.decode import decode_sound
from reelwise.media.synthetic.audio_visual import CLUES, write_audio_visual_set
from reelwise.media.synthetic.scene import Style

STYLE = Style(size=32, num_frames=8, frame_rate=16.0, num_groups=2)
DECODE = DecodeSettings(size=32, max_frame_rate=None)


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def traits(path: Path) -> tuple[bool, bool]:
    """Whether the clip moves, and whether its tone is high, as seen in the file."""
    frames = decode_video(path, DECODE).frames.astype(np.float32)
    moves = np.abs(frames[-1] - frames[0]).max() > 40
    high = log_mel(decode_sound(path)[0].samples).mean(axis=0).argmax() > 20
    return bool(moves), bool(high)


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("audio-visual")
    return {clue: write_audio_visual_set(root / clue, 16, 0, clue, style=STYLE) for clue in CLUES}


@pytest.mark.parametrize("clue", CLUES)
def test_the_class_lies_where_the_clue_says_and_nowhere_else(tables, clue):
    seen = []
    for row in rows_of(tables[clue]):
        moves, high = traits(tables[clue].parent / row["file"])
        answers = {"picture": moves, "sound": high, "both": moves == high, "metadata": row["site"] == "outdoors"}
        seen.append({name: answer == (row["label"] == "even") for name, answer in answers.items()})
    agreement = {name: float(np.mean([row[name] for row in seen])) for name in CLUES}
    assert agreement == {name: 1.0 if name == clue else 0.5 for name in CLUES}


@pytest.mark.parametrize("clue", CLUES)
def test_groups_have_both_classes_alike(tables, clue):
    counts = Counter((row["group"], row["label"]) for row in rows_of(tables[clue]))
    assert set(counts.values()) == {4}
    assert len(counts) == 4


def test_the_same_seed_gives_the_same_videos(tmp_path):
    tables = [write_audio_visual_set(tmp_path / name, 2, 5, "both", style=STYLE) for name in "ab"]
    files = [[(table.parent / row["file"]).read_bytes() for row in rows_of(table)] for table in tables]
    assert files[0] == files[1]


def test_some_clips_may_have_no_sound(tmp_path):
    told: list[int] = []
    table = write_audio_visual_set(tmp_path, 16, 0, "picture", style=STYLE, without_sound=1 / 3, progress=told.append)
    silent = [not len(decode_sound(tmp_path / row["file"])[0]) for row in rows_of(table)]
    assert 2 <= sum(silent) <= 9
    assert told == list(range(1, 17))


def test_an_unknown_clue_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no clue is called smell"):
        write_audio_visual_set(tmp_path, 8, 0, "smell")  # pyright: ignore[reportArgumentType]
