from fractions import Fraction

import av
import crafted
import numpy as np
import pytest
from frame_numbers import read_number

from reelwise.core.errors import UsageError, VideoError
from reelwise.core.sound import Sound
from reelwise.media.readers.pyav_reader import PyAVReader
from reelwise.media.readers.scan import scan_video
from reelwise.media.writers.preview import write_clip_preview
from reelwise.media.writers.repeat import repeat_packets
from reelwise.media.writers.writer import Encoding, write_video


def pictures(count: int, size_hw=(48, 64)) -> list[np.ndarray]:
    return [crafted.picture(index, size_hw) for index in range(count)]


def read(path):
    with PyAVReader(path) as reader:
        return [frame.image for frame in reader]


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(30_000, 1001), Fraction(24_000, 1001), Fraction(15, 2)])
def test_what_is_written_is_read_again(tmp_path, rate):
    path = tmp_path / "a.mp4"
    assert write_video(path, iter(pictures(40)), rate, encoding=Encoding(crf=8)) == 40
    facts = scan_video(path)
    assert (facts.num_frames, facts.frame_rate, facts.codec, facts.warnings) == (40, rate, "h264", ())
    images = read(path)
    assert [read_number(image) for image in images] == list(range(40))
    assert np.abs(images[7].astype(int) - crafted.picture(7)).mean() < 4


def test_browsers_can_play_it(tmp_path):
    write_video(tmp_path / "a.mp4", pictures(5), Fraction(25))
    data = (tmp_path / "a.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(tmp_path / "a.mp4")) as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")


def test_odd_sizes_are_made_even(tmp_path):
    write_video(tmp_path / "a.mp4", pictures(3, (47, 63)), Fraction(25), encoding=Encoding(crf=5))
    images = read(tmp_path / "a.mp4")
    assert images[0].shape == (48, 64, 3)
    assert np.abs(images[2][:47, :63].astype(int) - crafted.picture(2, (47, 63))).mean() < 4


def test_sound_and_tags_travel_along(tmp_path):
    tone = np.sin(np.arange(44_100) / 20).astype(np.float32)
    for samples, channels in ((tone, 1), (np.stack([tone, tone], 1), 2)):
        write_video(
            tmp_path / "a.mp4",
            pictures(25),
            Fraction(25),
            sound=Sound(samples, 44_100),
            encoding=Encoding(tags=(("title", "ä test"),)),
        )
        facts = scan_video(tmp_path / "a.mp4")
        assert facts.sound is not None
        assert (facts.sound.codec, facts.sound.num_channels) == ("aac", channels)
        assert facts.tags["title"] == "ä test"
        with av.open(str(tmp_path / "a.mp4")) as container:
            assert sum(frame.samples for frame in container.decode(audio=0)) == pytest.approx(44_100, abs=2048)


def test_nothing_is_left_of_a_file_that_failed(tmp_path):
    def breaking():
        yield crafted.picture(0)
        raise KeyError("stop")

    for frames, error in (
        (breaking(), KeyError),
        ([], UsageError),
        ([np.zeros((4, 4), np.uint8)], UsageError),
        ([np.zeros((4, 4, 3), np.float32)], UsageError),
        ([crafted.picture(0), crafted.picture(0, (32, 32))], UsageError),
    ):
        with pytest.raises(error):
            write_video(tmp_path / "a.mp4", frames, Fraction(25))
        assert list(tmp_path.iterdir()) == []


def test_an_old_file_stands_until_the_new_one_is_whole(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"old")
    with pytest.raises(UsageError):
        write_video(tmp_path / "a.mp4", [crafted.picture(0), crafted.picture(0, (32, 32))], Fraction(25))
    assert (tmp_path / "a.mp4").read_bytes() == b"old"
    write_video(tmp_path / "a.mp4", pictures(2), Fraction(25))
    assert scan_video(tmp_path / "a.mp4").num_frames == 2


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path):
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    noise = np.random.default_rng(0).integers(0, 256, (30, 128, 128, 3), np.uint8)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises(VideoError, match="cannot be written") as error:
            write_video(tmp_path / "a.mp4", noise, Fraction(25))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert error.value.hint == "Free some space."
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_has_a_hint(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(VideoError, match="cannot be written") as error:
        write_video(tmp_path / "file/a.mp4", pictures(2), Fraction(25))
    assert error.value.hint == "Choose another place: a part of this path is no folder."


@pytest.mark.parametrize("name", ["long.mp4", "long.mkv"])
def test_repeated_packets_decode_to_repeated_frames(tmp_path, name):
    source = crafted.make_video(tmp_path / "a.mp4", 20, options={"bf": "2", "crf": "10"})
    images = read(repeat_packets(source, tmp_path / name, 4))
    assert [read_number(image) for image in images] == list(range(20)) * 4
    facts = scan_video(tmp_path / name)
    assert float(facts.frame_rate) == pytest.approx(25, rel=1e-3)
    assert not facts.variable_frame_rate
    with pytest.raises(UsageError):
        repeat_packets(source, tmp_path / name, 0)


def test_a_preview_plays_at_its_rate_and_repeats():
    import io

    from PIL import Image

    data = write_clip_preview(np.stack(pictures(6)), Fraction(8), quality=80)
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "WEBP"
    assert picture.n_frames == 6
    assert picture.info["loop"] == 0
    assert data.count(b"ANMF") == 6
    place = data.index(b"ANMF")
    assert int.from_bytes(data[place + 20 : place + 23], "little") == 125
    picture.seek(4)
    assert np.abs(np.asarray(picture.convert("RGB")).astype(int) - crafted.picture(4)).mean() < 12
    with pytest.raises(UsageError):
        write_clip_preview([], Fraction(8))
