"""Made-up videos of which everything is known: for the demo, for tests and for benchmarks."""

from reelwise.media.synthetic.motion import MOTIONS, MotionClip, motion_clips
from reelwise.media.synthetic.sets import write_motion_set

__all__ = ["MOTIONS", "MotionClip", "motion_clips", "write_motion_set"]
