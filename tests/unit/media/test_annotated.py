import crafted
import numpy as np
import pytest
from sound_files import Track, click, make_sounding, tone

from reelwise.core.errors import VideoError
from reelwise.media.annotated import CopyResult, write_annotated
from reelwise.media.readers.pyav_reader import PyAVReader
from reelwise.media.readers.scan import scan_video
from reelwise.media.sound.decode import decode_sound
from reelwise.media.sound.track import SoundSettings


def test_a_copy_with_text_keeps_times_and_pictures(tmp_path):
    source = crafted.make_video(tmp_path / "a.mkv", pts=lambda i: i * i, size_hw=(96, 128))
    result = write_annotated(source, tmp_path / "out" / "b.mp4", ["hug  83 %", "ünsure \udcff\n"])
    assert result == CopyResult(30)
    with PyAVReader(source) as one, PyAVReader(tmp_path / "out" / "b.mp4") as other:
        for a, b in zip(one, other, strict=True):
            assert float(a.pts * one.time_base) == pytest.approx(float(b.pts * other.time_base), abs=0.002)
            changes = np.abs(a.image.astype(int) - b.image)
            assert changes[8:32, 8:50].mean() > 20
            assert changes[48:].mean() < 6
            assert changes[:, 96:].mean() < 6  # beside the box


def test_a_source_that_is_refused_leaves_nothing(tmp_path):
    (tmp_path / "a.mp4").write_text("no video")
    with pytest.raises(VideoError, match="is a text"):
        write_annotated(tmp_path / "a.mp4", tmp_path / "b.mp4", ["x"])
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def click_of(path, rate=48_000) -> tuple[float, float]:
    """When the click sounds and where the sound begins."""
    sound, _ = decode_sound(path, SoundSettings(rate))
    energy = np.convolve(np.square(sound.samples), np.ones(96), "same")
    return float(sound.time_of(int(energy.argmax()))), float(sound.start)


@pytest.mark.parametrize(("start", "first_pts"), [(0.0, 0), (0.4, 0), (0.0, 5)])
@pytest.mark.parametrize(("rate", "codec"), [(48_000, "pcm_s16le"), (22_050, "libmp3lame"), (37_800, "pcm_s16le")])
def test_the_copy_sounds_in_step(tmp_path, start, first_pts, rate, codec):
    track = Track([(start, click(1.5, 0.8, rate, start=start))], rate=rate, codec=codec)
    source = make_sounding(tmp_path / "a.mkv", [track], num_frames=50, first_pts=first_pts)
    write_annotated(source, tmp_path / "b.mp4", ["x"])
    before, after = click_of(source), click_of(tmp_path / "b.mp4")
    assert before[0] == pytest.approx(0.8 - first_pts / 25, abs=0.03)
    assert after[0] == pytest.approx(before[0], abs=0.003)
    assert after[1] == pytest.approx(max(before[1], 0), abs=0.06)  # one block of AAC earlier
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mkv", "b.mp4"]


@pytest.mark.parametrize(("layout", "channels", "kept"), [("mono", 1, 1), ("stereo", 2, 2), ("5.1", 6, 1)])
def test_channels_of_the_copy(tmp_path, layout, channels, kept):
    source = make_sounding(tmp_path / "a.mkv", [Track([(0, tone(1, channels=channels))], layout=layout)])
    write_annotated(source, tmp_path / "b.mp4", ["x"])
    sound = scan_video(tmp_path / "b.mp4").sound
    assert (sound.codec, sound.sample_rate, sound.num_channels) == ("aac", 48_000, kept)


def test_without_sound_there_is_none(tmp_path):
    write_annotated(crafted.make_video(tmp_path / "a.mp4"), tmp_path / "b.mp4", ["x"])
    assert scan_video(tmp_path / "b.mp4").sound is None


def test_sound_that_cannot_be_read_is_said_with_its_codec(tmp_path):
    source = make_sounding(tmp_path / "a.mkv", [Track([(0, tone(1))], codec="wavpack")])
    result = write_annotated(source, tmp_path / "b.mp4", ["x"])
    assert result.sound_missing == "no usable sound: codec wavpack."
    assert scan_video(tmp_path / "b.mp4").sound is None


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    source = crafted.make_video(tmp_path / "a.mp4")
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(VideoError, match=r"file/b\.mp4: cannot be written: ") as error:
        write_annotated(source, tmp_path / "file" / "b.mp4", ["x"])
    assert error.value.hint == "Choose another place: a part of this path is no folder."


def test_the_copy_is_for_all_to_read_as_other_files_are(tmp_path):
    write_annotated(crafted.make_video(tmp_path / "a.mp4"), tmp_path / "b.mp4", ["x"])
    assert (tmp_path / "b.mp4").stat().st_mode & 0o777 == 0o644
