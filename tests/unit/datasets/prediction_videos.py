"""Small decoded videos whose pixels tell which video and which frame they are of."""

from fractions import Fraction

import numpy as np

from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.video import VideoFacts

SIZE = 20


def numbered_video(number: int, num_frames: int = 40, still: slice = slice(0)) -> DecodedVideo:
    """Red tells the video, green the frame, and the blue of the left half is 200; ``still`` frames are all alike."""
    frames = np.zeros((num_frames, SIZE, SIZE, 3), np.uint8)
    frames[..., 0] = number
    frames[..., 1] = 5 * np.arange(num_frames, dtype=np.uint8)[:, None, None]
    frames[:, :, : SIZE // 2, 2] = 200
    if num_still := len(frames[still]):
        frames[still] = frames[still.start]
        assert num_still > 1
    facts = VideoFacts(num_frames, SIZE, SIZE, num_frames / 30, Fraction(30), False, 0, "h264", "mov")
    return DecodedVideo(frames, FrameTimes(np.arange(num_frames, dtype=np.int64), num_frames, Fraction(1, 30)), facts)
