"""What a model can tell from which parts of a video are there at all, before it looks at any of them."""

from collections.abc import Sequence

import numpy as np

from reelwise.core.frames import DecodedVideo

MAX_FEATURES = 66
"""Two of the sound and the first 64 columns of metadata."""


def presence_features(video: DecodedVideo, *, hears: bool, columns: Sequence[str]) -> np.ndarray:
    """(P,) float32: whether there is usable sound, for how many tenths of the video, and which columns are given.

    Tenths, since tracks of different cameras and encoders end a few hundredths before or behind their pictures, which
    says who made the file and not what it has. A model that is told what is missing sees all of this; where it tells
    the class, nothing need be heard or read.

    Args:
        video: With its sound and metadata.
        hears: Whether the sound counts.
        columns: Names of metadata; those beyond the 64th do not count.

    Returns:
        Numbers in [0, 1]; empty where neither sound nor metadata counts.

    Example:
        >>> from fractions import Fraction
        >>> from reelwise.core.frames import FrameTimes
        >>> from reelwise.core.video import VideoFacts
        >>> facts = VideoFacts(1, 8, 8, 0.04, Fraction(25), False, 0, "h264", "mp4")
        >>> times = FrameTimes(np.zeros(1, np.int64), 1, Fraction(1, 25))
        >>> video = DecodedVideo(np.zeros((1, 8, 8, 3), np.uint8), times, facts, metadata={"site": "indoors"})
        >>> presence_features(video, hears=True, columns=["site", "hour"]).tolist()
        [0.0, 0.0, 1.0, 0.0]
    """
    share = _share_with_sound(video) if hears else 0.0
    heard = [float(share > 0), share] if hears else []
    given = [float(bool(video.metadata.get(name, "").strip())) for name in columns[: MAX_FEATURES - 2]]
    return np.array([*heard, *given], np.float32)


def _share_with_sound(video: DecodedVideo) -> float:
    """Of the time in which pictures are shown, the part that has real sound, in tenths; 0 only where there is none."""
    sound = video.log_mel
    if sound is None or not sound.present.any():
        return 0.0
    steps = float(video.times.duration_seconds / sound.step)
    first = float((video.times.seconds[0] - float(sound.start)) / float(sound.step))
    inside = np.arange(len(sound.present))
    inside = (inside >= first - 1e-6) & (inside < first + steps - 1e-6)
    share = float(sound.present[inside].sum()) / max(1.0, steps)
    return 0.0 if share == 0 else min(1.0, max(0.1, round(10 * share) / 10))
