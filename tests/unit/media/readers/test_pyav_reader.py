import struct
from fractions import Fraction
from pathlib import Path

import av
import crafted
import numpy as np
import pytest
from av.video.frame import VideoFrame
from frame_numbers import read_number

from reelwise.core.errors import VideoError
from reelwise.core.video import VideoFacts
from reelwise.media.find import is_video
from reelwise.media.limits import ReadLimits
from reelwise.media.readers.pyav_reader import PyAVReader
from reelwise.media.readers.scan import scan_video


def read(path: Path, **options) -> tuple[list[np.ndarray], list[int], VideoFacts]:
    with PyAVReader(path, **options) as reader:
        frames = list(reader)
        return [frame.image for frame in frames], [frame.pts for frame in frames], reader.facts()


def warned(facts: VideoFacts, start: str) -> bool:
    return any(warning.text.startswith(start) for warning in facts.warnings)


def numbers(images: list[np.ndarray]) -> list[int]:
    return [read_number(image) for image in images]


def test_every_frame_once_in_order_with_exact_times(tmp_path):
    images, pts, facts = read(crafted.make_video(tmp_path / "a.mp4", options={"bf": "3", "crf": "10"}))
    assert numbers(images) == list(range(30))
    assert np.all(np.diff(pts) == pts[1] - pts[0])
    assert (facts.num_frames, facts.width, facts.height) == (30, 64, 48)
    assert facts.frame_rate == 25
    assert facts.duration_seconds == pytest.approx(1.2)
    assert not facts.variable_frame_rate
    assert facts.warnings == ()


def test_pictures_are_those_that_were_written(tmp_path):
    images, _, _ = read(crafted.make_video(tmp_path / "a.mkv", codec="ffv1", pix_fmt="bgr0"))
    for index, image in enumerate(images):
        np.testing.assert_array_equal(image, crafted.picture(index))


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_rotation_is_applied(tmp_path, degrees):
    plain, _, _ = read(crafted.make_video(tmp_path / "plain.mp4"))
    turned, _, facts = read(crafted.with_rotation(crafted.make_video(tmp_path / "turned.mp4"), degrees))
    assert facts.rotation == degrees
    assert (facts.height, facts.width) == turned[0].shape[:2]
    np.testing.assert_array_equal(turned[3], np.rot90(plain[3], -degrees // 90))


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_mirror_is_applied_before_the_rotation(tmp_path, degrees):
    plain, _, _ = read(crafted.make_video(tmp_path / "plain.mp4"))
    path = crafted.with_rotation(crafted.make_video(tmp_path / "mirrored.mp4"), degrees, mirrored=True)
    shown, _, facts = read(path)
    assert (facts.rotation, facts.is_mirrored, facts.warnings) == (degrees, True, ())
    assert (facts.height, facts.width) == shown[0].shape[:2]
    np.testing.assert_array_equal(shown[3], np.rot90(plain[3][:, ::-1], -degrees // 90))


def test_a_front_camera_that_moves_the_mirrored_picture_back(tmp_path):
    plain, _, _ = read(crafted.make_video(tmp_path / "plain.mp4"))
    path = crafted.make_video(tmp_path / "front.mp4")
    shown, _, _ = read(crafted.with_display_matrix(path, (-1, 0, 0, 1), move=(plain[0].shape[1], 0)))
    np.testing.assert_array_equal(shown[3], plain[3][:, ::-1])


@pytest.mark.parametrize(("flips", "expected"), [("h", np.s_[:, ::-1]), ("v", np.s_[::-1]), ("hv", np.s_[::-1, ::-1])])
@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_a_mirror_of_any_container_is_applied(tmp_path, suffix, flips, expected):
    plain = crafted.make_video(tmp_path / f"plain{suffix}")
    pictures, _, _ = read(plain)
    shown, _, facts = read(crafted.copied_with_flips(tmp_path / f"flipped{suffix}", plain, flips))
    assert facts.is_mirrored == (flips != "hv")
    np.testing.assert_array_equal(shown[3], pictures[3][expected])


@pytest.mark.parametrize("flips", ["horizontal", "vertical", "horizontal+vertical"])
def test_a_mirror_in_the_stream_of_h264_is_applied(tmp_path, flips):
    plain = crafted.make_video(tmp_path / "plain.ts")
    pictures, _, _ = read(plain)
    path = crafted.with_filtered_packets(
        tmp_path / "flipped.ts", plain, f"h264_metadata=display_orientation=insert:flip={flips}"
    )
    shown, _, _ = read(path)
    across, down = (-1 if word in flips else 1 for word in ("horizontal", "vertical"))
    np.testing.assert_array_equal(shown[3], pictures[3][::down, ::across])


@pytest.mark.parametrize("degrees", [0, 90])
def test_resized_frames_are_upright_too(tmp_path, degrees):
    path = crafted.with_rotation(crafted.make_video(tmp_path / "turned.mp4"), degrees)
    (full, *_), _, _ = read(path)
    (small, *_), _, _ = read(path, size_hw=(24, 32))
    assert small.shape == (24, 32, 3)
    height, width = full.shape[0] // 24, full.shape[1] // 32
    if height and width and degrees == 0:
        expected = full.reshape(24, 2, 32, 2, 3).mean(axis=(1, 3))
        assert np.abs(small - expected).mean() < 3


def test_variable_rate_keeps_its_times(tmp_path):
    path = crafted.make_video(tmp_path / "a.mkv", pts=lambda i: i * i, time_base=Fraction(1, 25))
    with PyAVReader(path) as reader:
        seconds = [float(frame.pts * reader.time_base) for frame in reader]
        facts = reader.facts()
    assert seconds == pytest.approx([i * i / 25 for i in range(30)], abs=1e-3)
    assert facts.variable_frame_rate
    assert facts.frame_rate == pytest.approx(29 / (29 * 29 / 25))


def test_an_edit_list_is_honoured(tmp_path):
    path = crafted.with_edits(crafted.make_video(tmp_path / "a.mp4"), [(1000, 512 * 5)])
    images, _, facts = read(path)
    assert numbers(images) == list(range(5, 30))
    assert not warned(facts, "header")


def test_a_raw_stream_counts_at_its_own_rate(tmp_path):
    images, pts, facts = read(crafted.make_video(tmp_path / "a.h264", container="h264"))
    assert numbers(images) == list(range(30))
    assert pts == list(range(30))
    assert facts.frame_rate == 25


def test_avi_with_reordered_frames_has_even_times(tmp_path):
    path = crafted.make_video(tmp_path / "a.avi", codec="mpeg4", options={"bf": "2"})
    images, pts, facts = read(path)
    assert numbers(images) == list(range(30))
    assert np.all(np.diff(pts) == 1)
    assert not warned(facts, "timestamps")


def test_damage_costs_only_itself(tmp_path):
    path = crafted.make_video(tmp_path / "a.mp4", container_options={"movflags": "faststart"})
    images, _, facts = read(crafted.with_noise(path, 0.5, 0.6))
    assert 20 <= len(images) < 30
    assert warned(facts, "damaged")
    assert numbers(images)[:5] == list(range(5))
    assert numbers(images)[-5:] == list(range(25, 30))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.webm"])
def test_a_cut_file_gives_what_is_there(tmp_path, name):
    codec = "libvpx" if name.endswith("webm") else "libx264"
    options = {"movflags": "faststart"} if name.endswith("mp4") else None
    path = crafted.make_video(tmp_path / name, 60, codec=codec, container_options=options)
    images, _, facts = read(crafted.cut_off(path))
    assert 10 < len(images) < 50
    assert numbers(images) == list(range(len(images)))
    assert warned(facts, "truncated")


def test_a_whole_file_that_is_deleted_while_it_is_read_is_not_cut_off(tmp_path):
    path = crafted.make_video(tmp_path / "a.mp4", 60)
    with PyAVReader(path) as reader:
        frames = iter(reader)
        next(frames)
        path.unlink()
        assert sum(1 for _ in frames) == 59
        assert reader.facts().warnings == ()


@pytest.mark.parametrize(
    ("codec", "name"), [("libx264", "a.mkv"), ("libx264", "a.ts"), ("mpeg4", "a.avi"), ("mpeg2video", "a.ts")]
)
def test_a_stream_without_its_beginning_starts_at_a_whole_picture(tmp_path, codec, name):
    source = crafted.make_video(tmp_path / f"whole_{name}", codec=codec)
    images, _, facts = read(crafted.without_first_key_frame(tmp_path / name, source))
    assert warned(facts, "first frames lost")
    assert numbers(images)[-1] == 29
    assert numbers(images) == list(range(30 - len(images), 30))
    assert len(images) >= 18


def test_a_size_change_scales_to_the_first_size(tmp_path):
    images, _, facts = read(crafted.size_change(tmp_path / "a.ts"))
    assert {image.shape for image in images} == {(48, 64, 3)}
    assert numbers(images) == [*range(10), *range(10)]
    assert warned(facts, "size changes")


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.mp4", "libx264", {"x264-params": "tff=1", "flags": "+ildct+ilme", "crf": "10"}),
        ("a.mpg", "mpeg2video", {"flags": "+ildct+ilme"}),
    ],
)
def test_interlaced_video_is_read_and_named(tmp_path, name, codec, options):
    images, _, facts = read(crafted.make_video(tmp_path / name, codec=codec, options=options))
    assert numbers(images) == list(range(30))
    assert warned(facts, "interlaced")


def test_hdr_is_converted_plainly_and_named(tmp_path):
    colours = {"color_trc": 16, "color_primaries": 9, "colorspace": 9}
    options = {"x265-params": "log-level=none"}
    path = crafted.make_video(
        tmp_path / "a.mp4", 5, codec="libx265", pix_fmt="yuv420p10le", options=options, colours=colours
    )
    images, _, facts = read(path)
    assert len(images) == 5
    assert warned(facts, "HDR")


@pytest.mark.parametrize("size_hw", [(47, 63), (17, 16), (1, 1), (16, 129)])
def test_odd_sizes(tmp_path, size_hw):
    path = crafted.make_video(tmp_path / "a.mkv", 3, codec="ffv1", pix_fmt="yuv444p", size_hw=(max(16, size_hw[0]), 33))
    images, _, _ = read(path, size_hw=size_hw)
    assert [image.shape for image in images] == [(*size_hw, 3)] * 3


def test_an_alpha_plane_is_dropped(tmp_path):
    images, _, _ = read(crafted.make_video(tmp_path / "a.mkv", 3, codec="ffv1", pix_fmt="bgra"))
    np.testing.assert_array_equal(images[2], crafted.picture(2))


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt"),
    [
        ("a.avi", "rawvideo", "bgr24"),
        ("a.mov", "rawvideo", "rgb24"),
        ("a.avi", "huffyuv", "rgb24"),
        ("a.avi", "ffvhuff", "rgb24"),
        ("a.avi", "utvideo", "gbrp"),
        ("a.avi", "png", "rgb24"),
        ("a.mov", "png", "rgb24"),
    ],
)
def test_lossless_pictures_of_laboratory_cameras(tmp_path, name, codec, pix_fmt):
    images, _, facts = read(crafted.make_video(tmp_path / name, 4, codec=codec, pix_fmt=pix_fmt))
    assert facts.codec == codec
    for index, image in enumerate(images):
        np.testing.assert_array_equal(image, crafted.picture(index))


@pytest.mark.parametrize("name", ["a.avi", "a.mov", "a.dv"])
def test_tapes_of_dv(tmp_path, name):
    path = crafted.make_video(tmp_path / name, 5, codec="dvvideo", size_hw=(576, 720))
    assert is_video(path.rename(tmp_path / "tape"))
    images, _, facts = read(tmp_path / "tape")
    assert (facts.codec, facts.width, facts.height, facts.num_frames) == ("dvvideo", 720, 576, 5)
    assert numbers(images) == list(range(5))


def test_pictures_that_are_not_read_are_named_where_others_are_used(tmp_path):
    with av.open(str(tmp_path / "a.avi"), "w") as output:
        streams = [output.add_stream(codec, rate=25) for codec in ("asv1", "mpeg4")]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for index in range(5):
            for stream in streams:
                frame = VideoFrame.from_ndarray(crafted.picture(index), format="rgb24").reformat(format="yuv420p")
                frame.pts = index
                output.mux(stream.encode(frame))
        for stream in streams:
            output.mux(stream.encode())
    _, _, facts = read(tmp_path / "a.avi")
    assert facts.codec == "mpeg4"
    assert [warning.text for warning in facts.warnings] == [
        "other pictures: the codec of the first video stream (asv1) is not read; the next is used."
    ]


def test_full_range_stays_full(tmp_path):
    images, _, _ = read(crafted.make_video(tmp_path / "a.avi", 3, codec="mjpeg", pix_fmt="yuvj420p"))
    assert abs(float(images[0].mean()) - float(crafted.picture(0).mean())) < 3


@pytest.mark.parametrize("declared", [0, 1, 9999, 0x7FFFFFFF, 0xFFFFFFFF])
def test_the_header_is_not_believed(tmp_path, declared):
    images, _, facts = read(crafted.avi_that_declares(tmp_path / "a.avi", declared))
    assert len(images) == facts.num_frames == 30
    if declared == 9999:
        assert warned(facts, "header disagrees")


def test_sound_is_named(tmp_path):
    _, _, facts = read(crafted.make_video(tmp_path / "a.mp4", sound=True))
    assert facts.sound is not None
    assert (facts.sound.codec, facts.sound.sample_rate, facts.sound.num_channels) == ("aac", 44_100, 1)


def test_bad_tags_become_text(tmp_path):
    path = crafted.make_video(tmp_path / "a.avi", codec="mpeg4")
    info = b"INAM" + struct.pack("<I", 6) + b"\xff\xfe\x80ab\x00"
    chunk = b"LIST" + struct.pack("<I", len(info) + 4) + b"INFO" + info
    data = bytearray(path.read_bytes())
    data[12:12] = chunk
    struct.pack_into("<I", data, 4, len(data) - 8)
    path.write_bytes(data)
    facts = scan_video(path)
    assert all(value.encode("utf-8") is not None for value in facts.tags.values())
    assert "ab" in facts.tags["title"]


def test_a_deadline_counts_the_rest_by_packets(tmp_path):
    facts = scan_video(crafted.make_video(tmp_path / "a.mp4", 200, options={"bf": "3"}), deadline_seconds=0)
    assert facts.num_frames == 200
    assert facts.frame_rate == 25
    assert warned(facts, "counted")
    raw = scan_video(crafted.make_video(tmp_path / "a.avi", 200, codec="mpeg4"), deadline_seconds=0)
    assert raw.num_frames == 200


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda f: f / "missing.mp4", "no such file"),
        (lambda f: f, "a folder"),
        (lambda f: crafted.pipe(f / "a.mp4"), "not an ordinary file"),
        (lambda f: crafted.sound_only(f / "a.mp4"), "no video stream"),
        (lambda f: crafted.cover_picture(f / "a.m4a"), "only a cover picture"),
        (lambda f: crafted.no_frames(f / "a.mp4"), "no frames"),
        (lambda f: crafted.cut_off(crafted.make_video(f / "a.mp4")), "cannot be opened"),
        (lambda f: crafted.gif_of_16000_pixels(f / "a.mp4"), "limit of pixels"),
        (lambda f: crafted.mjpeg_with_huge_pictures(f / "a.avi"), "no frame could be decoded"),
        (lambda f: crafted.make_video(f / "a.avi", codec="asv1"), "codec"),
        (lambda f: crafted.make_video(f / "a.nut", codec="mpeg4"), "no video format"),
    ],
)
def test_what_is_no_video_is_refused_with_its_reason(tmp_path, make, reason):
    with pytest.raises(VideoError, match=reason):
        read(make(tmp_path))


def test_an_empty_file_and_a_link_to_a_device_are_refused(tmp_path):
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "zero.mp4").symlink_to("/dev/zero")
    with pytest.raises(VideoError, match="zero bytes"):
        PyAVReader(tmp_path / "empty.mp4")
    with pytest.raises(VideoError, match="device"):
        PyAVReader(tmp_path / "zero.mp4")


@pytest.mark.parametrize("name", ["a.mp4", "a.h264", "a.ts"])
def test_the_pixel_limit_holds_in_the_header_and_in_the_stream(tmp_path, name):
    path = crafted.make_video(tmp_path / name, container="h264" if name.endswith("h264") else None)
    with pytest.raises(VideoError, match=r"64x48|limit of pixels"):
        read(path, limits=ReadLimits(max_pixels=64 * 47))
    assert len(read(path, limits=ReadLimits(max_pixels=64 * 48))[0]) == 30


@pytest.mark.parametrize("name", ["-dash.mp4", "frame_%03d.mp4", "concat:a|b.mp4", "a b'\"\n.mp4", "http:x.mp4"])
def test_odd_names_are_files(tmp_path, monkeypatch, name):
    crafted.make_video(tmp_path / "plain.mp4").rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert len(read(Path(name))[0]) == 30


def test_facts_wait_for_the_last_frame(tmp_path):
    with PyAVReader(crafted.make_video(tmp_path / "a.mp4")) as reader:
        next(iter(reader))
        with pytest.raises(RuntimeError):
            reader.facts()


def test_the_pixel_limit_holds_where_pictures_grow_behind_the_beginning(tmp_path):
    path = crafted.size_change(tmp_path / "a.ts")
    images, _, facts = read(path, limits=ReadLimits(max_pixels=64 * 48))
    assert numbers(images) == list(range(10))
    assert warned(facts, "damaged")


def test_when_even_packets_take_too_long_the_count_is_estimated(tmp_path):
    path = crafted.make_video(tmp_path / "a.mp4", 400)
    with PyAVReader(path) as reader:
        next(iter(reader))
        reader.count_rest(0)
        facts = reader.facts()
    assert "estimated" in facts.warnings[0].text
    assert facts.num_frames > 1
