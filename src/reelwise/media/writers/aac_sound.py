"""The sound of a video as what an MP4 copy of it can hold: a rate of AAC, one or two channels."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from reelwise.core.errors import VideoError
from reelwise.core.sound import Sound
from reelwise.core.video import SoundFacts
from reelwise.media.limits import ReadLimits

_AAC_RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000)
"""Samples per second that AAC has. Source: ISO/IEC 14496-3, table 1.18, without 7350."""

_USUAL_RATE = 48_000
"""Samples per second for sound of any other rate: the usual rate of video."""


def sound_for_aac(
    source: Path,
    facts: SoundFacts | None,
    output: Path,
    limits: ReadLimits,
    progress: Callable[[int, int], None] | None,
) -> tuple[Sound | None, str]:
    """The sound from the first frame on, as a memory map of ``output``; else why none of a track can be decoded.

    Args:
        source: The video.
        facts: Its sound track, or None.
        output: Written over.
        limits: What the file may ask for.
        progress: Called with 0 frames and the bytes so far.

    Returns:
        The sound, or None; and a sentence where the video has a track and there is no sound all the same.
    """
    from reelwise.media.sound.decode import decode_sound_to_file
    from reelwise.media.sound.track import SoundSettings, open_sound

    if facts is None:
        return None, ""
    rate = facts.sample_rate if facts.sample_rate in _AAC_RATES else _USUAL_RATE
    settings = SoundSettings(rate, mono=facts.num_channels != 2)
    try:
        track = decode_sound_to_file(source, settings, output, limits=limits, progress=progress)
    except VideoError as problem:
        return None, f"codec {facts.codec}: {problem.reason_for(source)}"
    sound = open_sound(track, output)
    if sound.num_channels > 2 or sound.end <= 0 or not sound.num_present:
        return None, track.missing or f"no usable sound: nothing of it ({facts.codec}) lies beside the frames."
    return (sound.between(Fraction(0), sound.end) if sound.start < 0 else sound), ""
