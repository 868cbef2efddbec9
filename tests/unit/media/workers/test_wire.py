import io
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import CacheError, UsageError, VideoError
from reelwise.core.frames import FrameTimes
from reelwise.core.intervals import TimeRange
from reelwise.core.video import SoundFacts, VideoFacts, VideoWarning, WarningKind
from reelwise.media.requests.sheet import Sheet, SheetTask, pack_sheet
from reelwise.media.requests.sound import SoundSettings, SoundTask
from reelwise.media.requests.video import DecodedSegment, DecodeResult, DecodeTask, ReadTask, ScanTask
from reelwise.media.workers.wire import (
    NonsenseError,
    pack_error,
    pack_result,
    pack_task,
    read_message,
    unpack_result,
    unpack_task,
    write_message,
)

FACTS = VideoFacts(
    num_frames=3,
    width=64,
    height=48,
    duration_seconds=0.1001,
    frame_rate=Fraction(30_000, 1001),
    variable_frame_rate=True,
    rotation=90,
    codec="h264",
    container="mov",
    sound=SoundFacts("aac", 44_100, 2),
    tags={"title": "ä"},
    warnings=(VideoWarning(WarningKind.DAMAGED, "damaged: a bit."),),
)
SETTINGS = DecodeSettings(size=64, max_frame_rate=None, max_frames=7, window_seconds=Fraction(1, 3))


def through_a_pipe(message):
    pipe = io.BytesIO()
    write_message(pipe, message)
    pipe.seek(0)
    return read_message(pipe)


@pytest.mark.parametrize(
    "task",
    [
        ScanTask(Path("a.mp4"), 15.0),
        ScanTask(Path("odd \udcff\n name.mp4")),
        DecodeTask(Path("b"), SETTINGS, (None, TimeRange(Fraction(1, 3))), (Path("x"), Path("y"))),
        ReadTask(Path("c"), "opencv", 3, 4, Path("z")),
        SheetTask(Path("d"), 24, 320, Path("z"), 8.0),
        SoundTask(Path("e"), SoundSettings(None, mono=False), Path("z"), 2.5),
    ],
)
def test_tasks_arrive_as_they_were_sent(task):
    assert unpack_task(through_a_pipe(pack_task(task))) == task


def test_facts_arrive_as_they_were_sent():
    assert unpack_result(through_a_pipe(pack_result(FACTS))) == FACTS


def test_a_result_arrives_as_it_was_sent():
    times = FrameTimes(np.array([0, 5, 9]), 12, Fraction(1, 90))
    sent = DecodeResult(FACTS, (DecodedSegment(3, times, 77), VideoError("no frame lies there.", hint="Look.")))
    got = unpack_result(through_a_pipe(pack_result(sent)))
    assert isinstance(got, DecodeResult)
    first, second = got.segments
    assert isinstance(first, DecodedSegment)
    assert (first.num_frames, first.times.pts.tolist(), first.times.end_pts, first.crc32) == (3, [0, 5, 9], 12, 77)
    assert isinstance(second, VideoError)
    assert (second.message, second.hint) == ("no frame lies there.", "Look.")


@pytest.mark.parametrize("kind", [VideoError, CacheError])
def test_errors_keep_their_kind(kind):
    error = unpack_result(pack_error(kind("a.", hint="b.")))
    assert type(error) is kind
    assert (error.message, error.hint) == ("a.", "b.")


def test_outputs_must_match_segments():
    with pytest.raises(UsageError):
        DecodeTask(Path("a"), SETTINGS, (None, None), (Path("x"),))
    with pytest.raises(UsageError):
        ReadTask(Path("a"), "decord", 0, 1, Path("x"))


def test_a_closed_pipe_is_no_message():
    assert read_message(io.BytesIO()) is None


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x00",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x05{",
        b"\x00\x00\x00\x02[]",
        b"\x00\x00\x00\x02{}",
        b"\x00\x00\x00\x04\x80\x04N.",
        b"\x00\x01\x00\x00" + b"[" * 0x10000,
    ],
)
def test_nonsense_from_a_worker_is_named(data):
    with pytest.raises(NonsenseError):
        read_message(io.BytesIO(data))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "pickle"},
        {"facts": None},
        {"facts": {}},
        {"segments": [{}]},
        {"segments": [{"num_frames": 2, "pts": [1, 0], "end_pts": 3, "time_base": "1/30", "crc32": 0}]},
        {"segments": [{"num_frames": 9, "pts": [0, 1], "end_pts": 3, "time_base": "1/30", "crc32": 0}]},
        {"segments": [{"num_frames": 2, "pts": [0, 1], "end_pts": 3, "time_base": "1e999999999", "crc32": 0}]},
        {"segments": [{"num_frames": 1, "pts": [2**70], "end_pts": 2**71, "time_base": "1", "crc32": 0}]},
    ],
)
def test_fields_that_do_not_fit_are_refused(change):
    message = json.loads(json.dumps(pack_result(DecodeResult(FACTS, ())))) | change
    with pytest.raises(NonsenseError):
        unpack_result(message)


def test_a_sheet_arrives_as_it_was_sent():
    sent = Sheet((48, 64), (0.0, 1.5), "the first 2 s.")
    assert unpack_result(through_a_pipe(pack_result(sent))) == sent


@pytest.mark.parametrize(
    "change",
    [{"size_hw": [5]}, {"size_hw": [0, 9]}, {"size_hw": [9, 10**9]}, {"seconds": []}, {"seconds": [0.0] * 999},
     {"seconds": ["nan"]}, {"seconds": None}],
)  # fmt: skip
def test_a_sheet_that_nobody_asked_for_is_refused(change):
    with pytest.raises(NonsenseError):
        unpack_result(pack_sheet(Sheet((48, 64), (0.0, 1.5))) | change)
