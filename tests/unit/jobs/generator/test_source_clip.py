"""Given videos as a model sees them: every frame shows its own number in shades of grey."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import VideoError
from reelwise.core.files import file_sha256
from reelwise.jobs.generator.source_clip import ClipRequest, SourceClip, SourceReader
from reelwise.media.frame_folders import content_sha256
from reelwise.media.workers.pool import WorkerPool
from reelwise.media.writers.writer import Encoding, write_timed_video, write_video

SIZE = 32
REQUEST = ClipRequest(DecodeSettings(size=SIZE, fit="crop"), SIZE, 4, 6, Fraction(25, 2), 2)
"""Four frames at 12.5 a second, as from videos of 25 frames a second at stride 2."""

LOSSLESS = Encoding(crf=0, max_b_frames=0)


def shade(number: int, hw: tuple[int, int] = (64, 96)) -> np.ndarray:
    """A frame whose halves are two digits of its number, from 0 to 15 each, far enough apart to survive the codec."""
    height, width = hw
    frame = np.empty((height, width, 3), np.uint8)
    frame[:, : width // 2], frame[:, width // 2 :] = 16 * (number // 16 % 16) + 8, 16 * (number % 16) + 8
    return frame


def numbers_of(frames: np.ndarray) -> list[int]:
    """The numbers that the frames show."""
    halves = (frames[:, :, : SIZE // 2 - 2], frames[:, :, SIZE // 2 + 2 :])
    high, low = (half.mean(axis=(1, 2, 3)) // 16 for half in halves)
    return (16 * high + low).astype(int).tolist()


@pytest.fixture(scope="module")
def pool():
    with WorkerPool(1) as workers:
        yield workers


@pytest.fixture
def read(pool, tmp_path) -> Callable[..., SourceClip]:
    def read_one(path: Path, **changes: object) -> SourceClip:
        (tmp_path / "scratch").mkdir(exist_ok=True)
        (clip,) = SourceReader(pool, tmp_path / "scratch").read([path], replace(REQUEST, **changes))
        if isinstance(clip, VideoError):
            raise clip
        return clip

    return read_one


@pytest.fixture
def video(tmp_path) -> Callable[..., Path]:
    def write(num_frames: int, rate: float = 25, hw: tuple[int, int] = (64, 96)) -> Path:
        path = tmp_path / "a.mp4"
        write_video(path, (shade(i, hw) for i in range(num_frames)), Fraction(rate), encoding=LOSSLESS)
        return path

    return write


def test_it_goes_on_from_the_end(read, video):
    path = video(100)
    clip = read(path)
    assert clip.context.shape == (4, SIZE, SIZE, 3)
    assert numbers_of(clip.context) == [93, 95, 97, 99]
    assert [number.frame for number in clip.context_numbers] == [93, 95, 97, 99]
    assert clip.context_numbers[-1].seconds == pytest.approx(99 / 25)
    assert clip.following.shape == (0, SIZE, SIZE, 3)
    assert clip.sha256 == file_sha256(path)


def test_a_folder_of_numbered_pictures_is_gone_on_from(read, tmp_path):
    folder = tmp_path / "frames"
    folder.mkdir()
    for number in range(40):
        cv2.imwrite(str(folder / f"{number:03d}.png"), shade(number, (64, 96))[:, :, ::-1])
    clip = read(folder)
    assert numbers_of(clip.context) == [33, 35, 37, 39]
    assert clip.sha256 == content_sha256(folder)
    (tmp_path / "others").mkdir()
    with pytest.raises(VideoError, match="is a folder"):
        read(tmp_path / "others")


def test_behind_a_moment_stands_the_truth(read, video):
    clip = read(video(100), at=Fraction(2))
    assert numbers_of(clip.context) == [44, 46, 48, 50]
    assert numbers_of(clip.following) == [52, 54, 56, 58, 60, 62]
    assert [number.frame for number in clip.following_numbers] == [52, 54, 56, 58, 60, 62]


def test_the_truth_ends_with_the_video(read, video):
    assert numbers_of(read(video(60), at=Fraction(2)).following) == [52, 54, 56, 58]


@pytest.mark.parametrize(("rate", "step"), [(12.5, 1), (25, 2), (50, 4), (100, 8)])
def test_another_rate_is_picked_by_time(read, video, rate, step):
    clip = read(video(120, rate))
    assert numbers_of(clip.context) == [119 - step * k for k in (3, 2, 1, 0)]
    assert any("picked by time" in note for note in clip.notes) == (rate != 25)


def test_a_rate_that_does_not_divide_takes_the_nearest(read, video):
    clip = read(video(90, 30))
    moments = [89 / 30 - k / 12.5 for k in (3, 2, 1, 0)]
    assert numbers_of(clip.context) == [round(moment * 30) for moment in moments]
    assert "frames come at 30 a second and are picked by time at 12.5" in clip.notes[0]


def test_a_slow_video_shows_frames_twice_and_says_so(read, video):
    clip = read(video(20, 5))
    assert numbers_of(clip.context) == [18, 18, 19, 19] or numbers_of(clip.context) == [18, 19, 19, 19]
    assert f"only {len(set(numbers_of(clip.context)))} of 4 frames differ" in clip.notes[0]


def test_a_variable_rate_is_followed_by_its_times(read, tmp_path):
    pts = [0, 10, 12, 14, 40, 48, 56, 57, 64, 90]
    path = tmp_path / "a.mp4"
    write_timed_video(path, [(tick, shade(i)) for i, tick in enumerate(pts)], Fraction(1, 100), encoding=LOSSLESS)
    clip = read(path, at=Fraction(64, 100))
    assert numbers_of(clip.context) == [4, 5, 6, 8]
    assert [number.frame for number in clip.context_numbers] == [4, 5, 6, 8]  # counted: all of it was decoded
    assert "variable" in clip.notes[0]


@pytest.mark.parametrize(("hw", "cuts"), [((96, 64), True), ((64, 96), True), ((64, 64), False)])
def test_the_middle_square_is_cut_out(read, tmp_path, hw, cuts):
    height, width = hw
    frame = np.zeros((*hw, 3), np.uint8)
    top, left = (height - 64) // 2, (width - 64) // 2
    frame[top : top + 64, left : left + 64] = 200
    path = tmp_path / "a.mp4"
    write_video(path, [frame] * 20, Fraction(25), encoding=LOSSLESS)
    clip = read(path)
    assert clip.context[:, 4:-4, 4:-4].min() > 190
    assert ("cut to its middle square" in clip.notes[0]) == cuts
    assert f"resized to {SIZE}x{SIZE}" in clip.notes[0]


def test_a_video_of_the_right_size_and_rate_needs_no_remark(read, video):
    assert read(video(30, hw=(SIZE, SIZE))).notes == ()


def test_exactly_as_many_frames_as_needed(read, video):
    assert numbers_of(read(video(7)).context) == [0, 2, 4, 6]
    with pytest.raises(VideoError, match=r"a\.mp4: the model needs 4 frames at 12.5 a second to go on from, it has 3"):
        read(video(6))


def test_one_frame_is_too_few(read, video):
    with pytest.raises(VideoError, match=r"it has 1\. Use a video of 0\.24 s or more"):
        read(video(1))


def test_too_early_a_moment_names_the_earliest(read, video):
    with pytest.raises(VideoError, match=r"it has 2 up to 0\.1 s\. Use --at 0\.24 s or more"):
        read(video(100), at=Fraction(1, 10))


def test_a_moment_behind_the_end_is_refused(read, video):
    with pytest.raises(VideoError, match=r"--at is 9 s, the video ends at 4 s"):
        read(video(100), at=Fraction(9))


def test_the_last_frame_of_a_long_video_is_found(read, video):
    clip = read(video(2000, hw=(32, 32)))
    assert [number.frame for number in clip.context_numbers] == [1993, 1995, 1997, 1999]


def test_the_middle_of_larger_squares_is_what_the_network_sees(read, video):
    settings = replace(REQUEST.settings, size=48)
    assert read(video(30), settings=settings).context.shape == (4, SIZE, SIZE, 3)


def test_bad_files_fail_by_themselves_and_in_their_place(pool, tmp_path, video):
    good = video(30)
    (tmp_path / "text.mp4").write_text("not a video")
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "list.mp4").write_text("ffconcat version 1.0\nfile a.mp4\n")
    (tmp_path / "scratch").mkdir()
    paths = [
        tmp_path / "text.mp4",
        good,
        tmp_path / "empty.mp4",
        tmp_path / "list.mp4",
        tmp_path / "gone.mp4",
        tmp_path,
    ]
    done = []
    clips = SourceReader(pool, tmp_path / "scratch", done.append).read(paths, REQUEST)
    assert [isinstance(clip, SourceClip) for clip in clips] == [False, True, False, False, False, False]
    reasons = ["is a text", "", "zero bytes", "ffconcat script", "no such file", "is a folder"]
    assert all(reason in str(clip) for reason, clip in zip(reasons, clips, strict=True) if reason)
    assert done == [6]
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_picture_is_one_frame(read, tmp_path, pool):
    path = tmp_path / "a.png"
    picture = np.full((40, 60, 3), (30, 60, 200), np.uint8)
    path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    with pytest.raises(VideoError, match=r"a\.png: is a picture, which is one frame; the model needs 4"):
        read(path)
    clip = read(path, num_context=1)
    assert clip.context.shape == (1, SIZE, SIZE, 3)
    assert clip.context[0, 0, 0].tolist() == [200, 60, 30]
    assert clip.following.shape == (0, SIZE, SIZE, 3)
    assert clip.notes == ("a.png: 60x40 is cut to its middle square and resized to 32x32.",)
    assert np.array_equal(read(path, takes_pictures=True).context, clip.context)
    with pytest.raises(VideoError, match="--at is a second of a video"):
        read(path, num_context=1, at=Fraction(1))
    path.with_suffix(".jpg").write_bytes(b"\xff\xd8\xff and nothing more")
    request = replace(REQUEST, takes_pictures=True)
    good, bad = SourceReader(pool, tmp_path / "scratch").read([path, path.with_suffix(".jpg")], request)
    assert isinstance(good, SourceClip)
    assert "damaged picture" in str(bad)


def test_of_a_picture_the_middle_of_larger_squares_is_what_the_network_sees(read, tmp_path):
    path = tmp_path / "a.png"
    picture = np.zeros((48, 48, 3), np.uint8)
    picture[8:40, 8:40] = 200
    path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    clip = read(path, num_context=1, settings=DecodeSettings(size=48, fit="crop"))
    assert clip.context.shape == (1, SIZE, SIZE, 3)
    assert (clip.context == 200).all()
    assert clip.notes == ()


@pytest.mark.real
def test_real_videos_are_read_or_refused(pool, real_data, tmp_path):
    paths = sorted(path for path in (real_data / "odd").rglob("*") if path.is_file())
    (tmp_path / "scratch").mkdir()
    clips = SourceReader(pool, tmp_path / "scratch").read(paths, REQUEST)
    usable = [clip for clip in clips if isinstance(clip, SourceClip)]
    assert len(usable) >= 10
    for clip in usable:
        assert clip.context.shape == (4, SIZE, SIZE, 3)
        seconds = [number.seconds for number in clip.context_numbers]
        assert seconds == sorted(seconds)
        assert seconds[-1] - seconds[0] == pytest.approx(3 / 12.5, abs=0.12)
    for path, clip in zip(paths, clips, strict=True):
        assert isinstance(clip, SourceClip) or clip.message.startswith(path.name)
