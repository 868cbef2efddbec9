"""Features of the presence baseline: which of sound and metadata a video has, whatever they contain."""

from collections.abc import Sequence

import numpy as np

from reelwise.core.frames import DecodedVideo

MAX_FEATURES = 66
"""Two of the sound and the first 64 columns of metadata: with their products the baseline has 2,277 weights a class."""


def presence_features(video: DecodedVideo, *, reads_sound: bool, columns: Sequence[str]) -> np.ndarray:
    """(P,) float32: whether there is usable sound, for how many tenths of the video, and which columns are filled in.

    Tenths, because sound tracks end a few hundredths before or after their pictures: that identifies the encoder, not
    the content. A model sees all of this, since missing inputs are marked for it. Where the class follows from it, a
    good score proves nothing about what the sound and the metadata contain.

    Args:
        video: With its sound and metadata.
        reads_sound: Whether the model reads sound.
        columns: Metadata columns that the model reads; those beyond the 64th do not count.

    Returns:
        Numbers in [0, 1]; empty where the model reads neither sound nor metadata.

    Example:
        >>> from fractions import Fraction
        >>> from reelwise.core.frames import FrameTimes
        >>> from reelwise.core.video import VideoFacts
        >>> facts = VideoFacts(1, 8, 8, 0.04, Fraction(25), False, 0, "h264", "mp4")
        >>> times = FrameTimes(np.zeros(1, np.int64), 1, Fraction(1, 25))
        >>> video = DecodedVideo(np.zeros((1, 8, 8, 3), np.uint8), times, facts, metadata={"site": "indoors"})
        >>> presence_features(video, reads_sound=True, columns=["site", "hour"]).tolist()
        [0.0, 0.0, 1.0, 0.0]
    """
    share = _share_with_sound(video) if reads_sound else 0.0
    sound_features = [float(share > 0), share] if reads_sound else []
    column_features = [float(bool(video.metadata.get(name, "").strip())) for name in columns[: MAX_FEATURES - 2]]
    return np.array([*sound_features, *column_features], np.float32)


def _share_with_sound(video: DecodedVideo) -> float:
    """The share of the pictures' time that has sound, in tenths; 0 only where there is none."""
    sound = video.log_mel
    if sound is None or not sound.present.any():
        return 0.0
    steps = float(video.times.duration_seconds / sound.step)
    first = float((video.times.seconds[0] - float(sound.start)) / float(sound.step))
    inside = np.arange(len(sound.present))
    inside = (inside >= first - 1e-6) & (inside < first + steps - 1e-6)
    share = float(sound.present[inside].sum()) / max(1.0, steps)
    return 0.0 if share == 0 else min(1.0, max(0.1, round(10 * share) / 10))
