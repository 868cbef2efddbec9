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
from reelwise.media.decoding.results import DecodedSegment, DecodeResult
from reelwise.media.limits import READ_LIMITS, WORKER_LIMITS
from reelwise.media.requests.decode import DecodeTask
from reelwise.media.requests.fields import pack_error
from reelwise.media.requests.frame_times import FrameTimesTask
from reelwise.media.requests.kind import RequestTable, load_table
from reelwise.media.requests.read import ReadTask
from reelwise.media.requests.scan import ScanTask
from reelwise.media.requests.sound import SoundTask
from reelwise.media.sound.track import SoundSettings
from reelwise.media.workers.pool import MEDIA_TABLE
from reelwise.media.workers.wire import (
    NonsenseError,
    pack_reply,
    pack_task,
    read_message,
    unpack_reply,
    unpack_task,
    write_message,
)
from reelwise.media.workers.worker_process import WorkerDiedError, WorkerProcess
from reelwise.media.writers.sheet import Sheet, SheetTask

TABLE = load_table(MEDIA_TABLE)
SCAN, DECODE, SHEET = (TABLE.kind_named(name) for name in ("scan", "decode", "sheet"))

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
        DecodeTask(Path("b"), DecodeSettings(fit="crop"), (None,), (Path("x"),)),
        DecodeTask(Path("b"), SETTINGS, (None,), (Path("x"),), DecodeSettings(num_stills=8), (Path("y"),)),
        ReadTask(Path("c"), "opencv", 3, 4, Path("z")),
        FrameTimesTask(Path("c"), (0, 7, 100_000)),
        SheetTask(Path("d"), 24, 320, Path("z"), 8.0),
        SoundTask(Path("e"), SoundSettings(None, mono=False), Path("z"), 2.5),
    ],
)
def test_tasks_arrive_as_they_were_sent(task):
    kind, arrived = unpack_task(TABLE, through_a_pipe(pack_task(TABLE, task)))
    assert arrived == task
    assert kind is TABLE.kind_of(task)


def test_facts_arrive_as_they_were_sent():
    assert unpack_reply(SCAN, through_a_pipe(pack_reply(SCAN, FACTS))) == FACTS


def test_moments_arrive_as_they_were_sent():
    kind = TABLE.kind_named("frame_times")
    moments = (Fraction(0), Fraction(1001, 30_000), None)
    assert unpack_reply(kind, through_a_pipe(pack_reply(kind, moments))) == moments


def test_a_result_arrives_as_it_was_sent():
    times = FrameTimes(np.array([0, 5, 9]), 12, Fraction(1, 90))
    sent = DecodeResult(FACTS, (DecodedSegment(3, times, 77), VideoError("no frame lies there.", hint="Look.")))
    got = unpack_reply(DECODE, through_a_pipe(pack_reply(DECODE, sent)))
    assert isinstance(got, DecodeResult)
    first, second = got.segments
    assert isinstance(first, DecodedSegment)
    assert (first.num_frames, first.times.pts.tolist(), first.times.end_pts, first.crc32) == (3, [0, 5, 9], 12, 77)
    assert isinstance(second, VideoError)
    assert (second.message, second.hint) == ("no frame lies there.", "Look.")


@pytest.mark.parametrize("kind", [VideoError, CacheError])
def test_errors_keep_their_kind(kind):
    error = unpack_reply(SCAN, pack_error(kind("a.", hint="b.")))
    assert type(error) is kind
    assert (error.message, error.hint) == ("a.", "b.")


def test_outputs_must_match_segments():
    with pytest.raises(UsageError):
        DecodeTask(Path("a"), SETTINGS, (None, None), (Path("x"),))
    with pytest.raises(UsageError, match="outputs for stills"):
        DecodeTask(Path("a"), SETTINGS, (None,), (Path("x"),), DecodeSettings(num_stills=8))
    with pytest.raises(UsageError, match="outputs for stills"):
        DecodeTask(Path("a"), SETTINGS, (None,), (Path("x"),), still_outputs=(Path("y"),))
    with pytest.raises(UsageError):
        ReadTask(Path("a"), "decord", 0, 1, Path("x"))


@pytest.mark.parametrize("change", [{"fit": "stretch"}, {"fit": None}, {"size": 10**6}, {"num_stills": 0}])
def test_settings_out_of_range_are_refused_by_the_worker(change):
    message = through_a_pipe(pack_task(TABLE, DecodeTask(Path("b"), SETTINGS, (None,), (Path("x"),))))
    message["settings"] |= change
    with pytest.raises((UsageError, NonsenseError)):
        unpack_task(TABLE, message)


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
    message = json.loads(json.dumps(pack_reply(DECODE, DecodeResult(FACTS, ())))) | change
    with pytest.raises(NonsenseError):
        unpack_reply(DECODE, message)


def test_a_sheet_arrives_as_it_was_sent():
    sent = Sheet((48, 64), (0.0, 1.5), "the first 2 s.")
    assert unpack_reply(SHEET, through_a_pipe(pack_reply(SHEET, sent))) == sent


@pytest.mark.parametrize(
    "change",
    [{"size_hw": [5]}, {"size_hw": [0, 9]}, {"size_hw": [9, 10**9]}, {"seconds": []}, {"seconds": [0.0] * 999},
     {"seconds": ["nan"]}, {"seconds": None}],
)  # fmt: skip
def test_a_sheet_that_no_task_can_have_led_to_is_refused(change):
    with pytest.raises(NonsenseError):
        unpack_reply(SHEET, pack_reply(SHEET, Sheet((48, 64), (0.0, 1.5))) | change)


def test_a_request_that_the_table_does_not_know_is_nonsense():
    with pytest.raises(NonsenseError, match="no request is called pickle"):
        unpack_task(TABLE, {"kind": "pickle", "path": "a"})


def test_kinds_of_one_table_have_names_and_tasks_of_their_own():
    with pytest.raises(ValueError, match="share a name"):
        RequestTable("x", [SCAN, SCAN])
    with pytest.raises(TypeError, match="no kind of request for ScanTask"):
        RequestTable("x", [DECODE]).kind_of(ScanTask(Path("a")))


def test_only_what_writes_a_file_may_write():
    assert [kind.name for kind in TABLE.kinds if not kind.may_write] == [
        "scan", "frame_times", "stream", "sound_stream",
    ]  # fmt: skip
    assert {kind.max_part_bytes for kind in TABLE.kinds} == {0}


@pytest.mark.parametrize("progress", [{"frames": "x"}, {"bytes": None}, {"frames": float("inf")}])
def test_progress_that_is_no_number_ends_the_worker(progress):
    worker = WorkerProcess(WORKER_LIMITS, READ_LIMITS, MEDIA_TABLE)
    try:
        with pytest.raises(WorkerDiedError, match="its progress was not understood"):
            worker._counts({"kind": "progress"} | progress)
    finally:
        worker.kill()
