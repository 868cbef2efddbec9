"""Broken and hostile files, made from nothing: each function writes one and says in its name what is wrong with it."""

import os
import random
import struct
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.bitstream import BitStreamFilterContext
from av.video.frame import VideoFrame
from frame_numbers import paint_number

SIZE_HW = (48, 64)


def picture(index: int, size_hw: tuple[int, int] = SIZE_HW) -> np.ndarray:
    """A soft moving pattern with the index painted in."""
    rows, columns = np.mgrid[: size_hw[0], : size_hw[1]]
    waves = [np.sin((rows * a + columns * b) / 9 + index / 5) for a, b in ((1, 0.3), (0.2, 1), (0.7, 0.7))]
    image = (120 + 60 * np.stack(waves, axis=-1)).astype(np.uint8)
    paint_number(image, index)
    return image


def make_video(
    path: Path,
    num_frames: int = 30,
    *,
    codec: str = "libx264",
    size_hw: tuple[int, int] = SIZE_HW,
    rate: int = 25,
    pts: Callable[[int], int] | None = None,
    container: str | None = None,
    container_options: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
    pix_fmt: str = "yuv420p",
    sound: bool = False,
    sound_level: float = 0.1,
    time_base: Fraction | None = None,
    colours: dict[str, int] | None = None,
    pixel_aspect: Fraction | None = None,
) -> Path:
    """A video whose frames carry their numbers."""
    with av.open(str(path), "w", format=container, options=container_options or {}) as output:
        stream = output.add_stream(codec, rate=rate)
        stream.height, stream.width = size_hw
        stream.pix_fmt = pix_fmt
        stream.codec_context.time_base = time_base or Fraction(1, rate)
        stream.codec_context.gop_size = 10
        stream.codec_context.thread_count = 1
        for name, value in (colours or {}).items():
            setattr(stream.codec_context, name, value)
        if pixel_aspect is not None:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        stream.options = options or ({"crf": "10", "preset": "ultrafast"} if codec == "libx264" else {})
        track = add_tone(output) if sound else None
        for index in range(num_frames):
            frame = VideoFrame.from_ndarray(picture(index, size_hw), format="rgb24").reformat(format=pix_fmt)
            frame.pts = pts(index) if pts else index
            frame.time_base = stream.codec_context.time_base
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
        if track:
            write_tone(output, track, num_frames / rate, sound_level)
    return path


def add_tone(output: av.container.OutputContainer, codec: str = "aac") -> av.AudioStream:
    return output.add_stream(codec, rate=44100, layout="mono")


def write_tone(output: av.container.OutputContainer, track: av.AudioStream, seconds: float, level: float = 0.1) -> None:
    for start in range(0, int(seconds * 44100), 1024):
        wave = level * np.sin(2 * np.pi * 440 * (start + np.arange(1024)) / 44100)
        frame = av.AudioFrame.from_ndarray(wave[None].astype(np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 44100, start, Fraction(1, 44100)
        output.mux(track.encode(frame))
    output.mux(track.encode())


# Files that point elsewhere


def texts_that_point_elsewhere(folder: Path, port: int) -> dict[str, Path]:
    """Playlists, scripts and session descriptions under harmless names, all naming a neighbour or a local port."""
    make_video(folder / "neighbour.mp4")
    make_video(folder / "neighbour.ts")
    url = f"http://127.0.0.1:{port}"
    head = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n"
    texts = {
        "hls_local.mp4": head + "#EXTINF:1.2,\nneighbour.ts\n#EXT-X-ENDLIST\n",
        "hls_local.m3u8": head + "#EXTINF:1.2,\nneighbour.ts\n#EXT-X-ENDLIST\n",
        "hls_http.m3u8": head + f"#EXTINF:1.2,\n{url}/a.ts\n#EXT-X-ENDLIST\n",
        "hls_key.m3u8": head + f'#EXT-X-KEY:METHOD=AES-128,URI="{url}/k"\n#EXTINF:1,\nneighbour.ts\n#EXT-X-ENDLIST\n',
        "hls_live.m3u8": head + "#EXTINF:1.2,\nneighbour.ts\n",
        "concat.mp4": "ffconcat version 1.0\nfile neighbour.mp4\n",
        "concat_absolute.mp4": f"ffconcat version 1.0\nfile {folder}/neighbour.mp4\n",
        "concat_http.mp4": f"ffconcat version 1.0\nfile {url}/a.mp4\n",
        "concat_itself.mp4": "ffconcat version 1.0\n" + "file concat_itself.mp4\n" * 2,
        "session.mp4": f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\n"
        "a=rtpmap:96 H264/90000\n",
        "manifest.mpd": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static">'
        f"<Period><AdaptationSet mimeType=\"video/mp4\"><Representation id='1' bandwidth='1'><BaseURL>{url}/a.mp4"
        "</BaseURL></Representation></AdaptationSet></Period></MPD>",
        "page.mp4": "<!DOCTYPE html><html><body>Not found</body></html>",
        "text.mp4": "this is a note and no video\n" * 40,
        "rtsp.mp4": f"rtsp://127.0.0.1:{port}/stream\n",
        "image2_%03d.mp4": "nothing",
        "smil.mp4": f'<smil><body><video src="{url}/a.mp4"/></body></smil>',
        "vapoursynth.mp4": "import socket\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    return {name: folder / name for name in texts}


# Containers with a lie in them


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int, bytes]]:
    """(start, size, type) of each MP4 box in a stretch."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        if size < 8:
            return
        yield start, size, kind
        start += size


def find_box(data: bytes, *kinds: bytes) -> tuple[int, int]:
    """Start and size of a nested box."""
    start, end = 0, len(data)
    for kind in kinds:
        start, size = next((s, n) for s, n, k in boxes(data, start, end) if k == kind)
        end = start + size
        start += 8
    return start - 8, end - start + 8


def insert_in_trak(data: bytes, box: bytes) -> bytes:
    """Put a box at the end of the first track of a file whose index stands at its end."""
    data = drop_edits(data)
    moov, moov_size = find_box(data, b"moov")
    trak, trak_size = find_box(data, b"moov", b"trak")
    out = bytearray(data)
    out[trak + trak_size : trak + trak_size] = box
    struct.pack_into(">I", out, trak, trak_size + len(box))
    struct.pack_into(">I", out, moov, moov_size + len(box))
    return bytes(out)


def drop_edits(data: bytes) -> bytes:
    """The same file with its edit list renamed to nothing."""
    try:
        start, _ = find_box(data, b"moov", b"trak", b"edts")
    except StopIteration:
        return data
    return data[: start + 4] + b"free" + data[start + 8 :]


def with_edits(path: Path, entries: list[tuple[int, int]]) -> Path:
    """Give an MP4 (index at its end) an edit list of (duration in ms, media time in ticks)."""
    rows = b"".join(struct.pack(">Iihh", duration, time, 1, 0) for duration, time in entries)
    elst = struct.pack(">I4sII", 16 + len(rows), b"elst", 0, len(entries)) + rows
    path.write_bytes(insert_in_trak(path.read_bytes(), struct.pack(">I4s", 8 + len(elst), b"edts") + elst))
    return path


def with_rotation(path: Path, degrees: float, *, mirrored: bool = False) -> Path:
    """Set the display matrix of an MP4: mirrored from left to right, then turned clockwise."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    across = -1 if mirrored else 1
    return with_display_matrix(path, (across * cosine, across * sine, -sine, cosine))


def with_display_matrix(path: Path, numbers: Sequence[float], move: tuple[int, int] = (0, 0)) -> Path:
    """Set a, b, c, d of the display matrix of an MP4, and by how many pixels the picture is moved."""
    data = bytearray(path.read_bytes())
    start, _ = find_box(bytes(data), b"moov", b"trak", b"tkhd")
    a, b, c, d, x, y = (round(number * (1 << 16)) for number in (*numbers, *move))
    struct.pack_into(">9i", data, start + 48, a, b, 0, c, d, 0, x, y, 1 << 30)
    path.write_bytes(data)
    return path


def copied_with_flips(path: Path, source: Path, flips: str) -> Path:
    """A copy whose container mirrors the picture: ``h`` from left to right, ``v`` from top to bottom, or ``hv``."""
    with av.open(str(source)) as data, av.open(str(path), "w") as output:
        stream = output.add_stream_from_template(data.streams.video[0])
        stream.set_display_rotation(0, hflip="h" in flips, vflip="v" in flips)
        for packet in data.demux(video=0):
            if packet.size:
                packet.stream = stream
                output.mux(packet)
    return path


def with_filtered_packets(path: Path, source: Path, bitstream_filter: str) -> Path:
    """A copy whose packets passed a bitstream filter of FFmpeg."""
    with av.open(str(source)) as data, av.open(str(path), "w") as output:
        stream = output.add_stream_from_template(data.streams.video[0])
        through = BitStreamFilterContext(bitstream_filter, data.streams.video[0], stream)
        for packet in data.demux(video=0):
            for filtered in through.filter(packet if packet.size else None):
                filtered.stream = stream
                output.mux(filtered)
    return path


def with_outside_reference(path: Path, name: str) -> Path:
    """Say that the pictures of a MOV lie in another file (an alias in its data reference)."""
    data = bytearray(path.read_bytes())
    place = bytes(data).index(b"dref")
    data[place + 12 + 4 : place + 12 + 8] = b"alis"
    data[place + 12 + 8 : place + 12 + 12] = b"\x00\x00\x00\x00"
    path.write_bytes(data.replace(b"free", name[:4].encode(), 1))
    return path


def with_size_in_header(path: Path, width: int, height: int) -> Path:
    """Set the picture size that an MP4's sample description claims."""
    data = bytearray(path.read_bytes())
    place = bytes(data).index(b"avc1", bytes(data).index(b"stsd"))
    struct.pack_into(">HH", data, place + 28, width, height)
    path.write_bytes(data)
    return path


def avi_that_declares(path: Path, num_frames: int) -> Path:
    """An MJPEG AVI whose headers name another number of frames."""
    make_video(path, codec="mjpeg", pix_fmt="yuvj420p", container="avi")
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, bytes(data).index(b"avih") + 8 + 16, num_frames)
    struct.pack_into("<I", data, bytes(data).index(b"strh") + 8 + 32, num_frames)
    path.write_bytes(data)
    return path


def mjpeg_with_huge_pictures(path: Path, side: int = 16000) -> Path:
    """A few kilobytes that ask for a picture of 16000x16000."""
    make_video(path, 3, codec="mjpeg", pix_fmt="yuvj420p", container="avi")
    data = bytearray(path.read_bytes())
    place = -1
    while (place := bytes(data).find(b"\xff\xc0\x00\x11\x08", place + 1)) >= 0:
        struct.pack_into(">HH", data, place + 5, side, side)
    path.write_bytes(data)
    return path


def gif_of_16000_pixels(path: Path) -> Path:
    """35 bytes that ask for a canvas of 16000x16000."""
    head = b"GIF89a" + struct.pack("<HHBBB", 16000, 16000, 0x80, 0, 0) + b"\x00\x00\x00\xff\xff\xff"
    path.write_bytes(head + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00\x3b")
    return path


def cut_off(path: Path, share: float = 0.5) -> Path:
    """Keep the first part of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def with_noise(path: Path, start: float, end: float, seed: int = 0) -> Path:
    """Overwrite a stretch of a file with random bytes."""
    data = bytearray(path.read_bytes())
    first, last = int(len(data) * start), int(len(data) * end)
    data[first:last] = random.Random(seed).randbytes(last - first)
    path.write_bytes(data)
    return path


def without_first_key_frame(path: Path, source: Path, container: str | None = None) -> Path:
    """The packets of a file behind its first key frame."""
    with av.open(str(source)) as data, av.open(str(path), "w", format=container) as output:
        stream = output.add_stream_from_template(data.streams.video[0])
        for packet in list(data.demux(video=0))[1:]:
            if packet.size:
                packet.stream = stream
                output.mux(packet)
    return path


def size_change(path: Path) -> Path:
    """A transport stream that goes on with larger pictures."""
    parts = [make_video(path.with_name(f"{i}.ts"), 10, size_hw=size) for i, size in enumerate(((48, 64), (96, 128)))]
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    for part in parts:
        part.unlink()
    return path


def sound_only(path: Path) -> Path:
    with av.open(str(path), "w") as output:
        write_tone(output, add_tone(output), 1.0)
    return path


def cover_picture(path: Path) -> Path:
    """An .m4a with a cover picture."""
    with av.open(str(path), "w", format="mp4") as output:
        track = add_tone(output)
        cover = output.add_stream("mjpeg")
        cover.height, cover.width, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        frame = VideoFrame.from_ndarray(picture(0, (64, 64)), format="rgb24").reformat(format="yuvj420p")
        frame.pts = 0
        output.mux(cover.encode(frame))
        output.mux(cover.encode())
        write_tone(output, track, 1.0)
    return path


def no_frames(path: Path) -> Path:
    """A fragmented MP4 with a video track and not one sample."""
    make_video(path, 3, container_options={"movflags": "empty_moov+frag_keyframe"})
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"moof") - 4])
    return path


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def mutations(seeds: list[Path], folder: Path, count: int) -> Iterator[Path]:
    """Damaged copies: bytes changed, stretches doubled, dropped or filled, sizes in headers replaced by extremes."""
    extremes = (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
    for index in range(count):
        chance = random.Random(index)
        seed = seeds[index % len(seeds)]
        data = bytearray(seed.read_bytes())
        for _ in range(chance.choice((1, 3, 20))):
            place = chance.randrange(min(len(data), 2000) if chance.random() < 0.5 else len(data))
            kind = chance.randrange(4)
            if kind == 0:
                data[place] = chance.randrange(256)
            elif kind == 1 and place + 4 <= len(data):
                struct.pack_into(">I", data, place, chance.choice(extremes))
            elif kind == 2:
                data[place : place + chance.randrange(1, 200)] = b""
            else:
                data[place:place] = data[place : place + 100]
            data = data or bytearray(b"\x00")
        path = folder / f"{index:04d}_{seed.name}"
        path.write_bytes(data)
        yield path
