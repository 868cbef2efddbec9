"""Where the shots of decoded videos begin, so that no window of prediction crosses a cut."""

from collections.abc import Sequence

import cv2
from threadpoolctl import threadpool_limits

from reelwise.analysis.shots.descriptors import THUMBNAIL_HW
from reelwise.analysis.shots.detector import ShotDetector
from reelwise.core.frames import DecodedVideo
from reelwise.core.progress import Progress
from reelwise.transforms.opencv_threads import one_opencv_thread

_HEIGHT, _WIDTH = THUMBNAIL_HW

_SHORTEST_SECONDS = 2
"""Files that are shorter are taken for one shot. Of 46 takes of a mouth of half a second, all without a cut, the
detector finds one in 31; with scores up to 0.88, which many a true cut does not reach (LOG.md)."""


def cuts_of(videos: Sequence[DecodedVideo], progress: Progress) -> list[list[int]]:
    """For each video the first frame of every new shot, and of a gradual transition its first and the one behind it.

    The frames that a model sees are looked at, so that a place in them needs no translation: of a video that was
    thinned to fewer frames a second, cuts lie between the frames that are left. A video of less than two seconds is
    taken for one shot.

    Args:
        videos: Decoded, often memory maps.
        progress: Shows how far it is.

    Returns:
        For :func:`reelwise.datasets.prediction_windows.prediction_windows`.
    """
    progress.stage("find cuts")
    cuts = []
    # Products of small tables: several threads wait for each other four times longer than they work.
    with threadpool_limits(1, "blas"), one_opencv_thread():
        for done, video in enumerate(videos, start=1):
            cuts.append(_cuts(video) if video.times.duration_seconds >= _SHORTEST_SECONDS else [])
            progress.update(done, len(videos), "videos")
    return cuts


def _cuts(video: DecodedVideo) -> list[int]:
    detector = ShotDetector()
    transitions = []
    for frame in video.frames:
        transitions += detector.push(cv2.resize(frame, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA))
    transitions += detector.finish()
    return sorted({place for each in transitions for place in (each.start_frame, each.end_frame)})
