"""Integrated loudness against FFmpeg's ``ebur128`` filter, on every real file that has sound."""

from collections.abc import Iterator
from pathlib import Path

import av
import av.error
import pytest
from av.filter import Graph

from reelwise.core.errors import VideoError
from reelwise.features.loudness import GATE_LUFS, integrated_loudness
from reelwise.media.sound.decode import decode_sound
from reelwise.media.sound.track import SoundSettings

OWN_FORM = SoundSettings(sample_rate=None, mono=False)


def sound_frames(path: Path) -> Iterator[av.AudioFrame]:
    """Of the first sound track; what cannot be decoded is left out."""
    with av.open(str(path), metadata_errors="replace") as container:
        for packet in container.demux(container.streams.audio[0]):
            try:
                yield from packet.decode()
            except av.error.InvalidDataError:
                continue


def ffmpeg_loudness(path: Path) -> float:
    """The last ``lavfi.r128.I`` of the first sound track."""
    graph, told = Graph(), GATE_LUFS
    source = sink = None
    for frame in sound_frames(path):
        if source is None:
            source = graph.add_abuffer(
                sample_rate=frame.sample_rate,
                format=frame.format.name,
                layout=frame.layout.name,
                time_base=frame.time_base,
            )
            meter, sink = graph.add("ebur128", "metadata=1"), graph.add("abuffersink")
            source.link_to(meter)
            meter.link_to(sink)
            graph.configure()
        frame.pts = None
        source.push(frame)
        told = _last(sink, told)
    if source is not None:
        source.push(None)
        told = _last(sink, told)
    return told


def _last(sink, told: float) -> float:
    while True:
        try:
            told = float(sink.pull().metadata.get("lavfi.r128.I", told))
        except (av.error.BlockingIOError, av.error.EOFError):
            return told


@pytest.mark.real
def test_integrated_loudness_is_that_of_ffmpeg(real_data):
    compared = {}
    for path in sorted(path for path in real_data.rglob("*") if path.is_file()):
        try:
            sound, _ = decode_sound(path, OWN_FORM)
        except VideoError:
            continue
        if len(sound):
            compared[path.name] = (integrated_loudness(sound), ffmpeg_loudness(path))
    assert len(compared) >= 40
    off = {name: pair for name, pair in compared.items() if not abs(pair[0] - pair[1]) <= 0.1}
    assert not off
    assert sum(pair[0] > GATE_LUFS for pair in compared.values()) >= 30
