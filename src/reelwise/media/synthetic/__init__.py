"""Made-up videos of which everything is known: for the demo, for tests and for benchmarks."""

from reelwise.media.synthetic.motion import MOTIONS, motion_clips
from reelwise.media.synthetic.scene import Look, SyntheticClip
from reelwise.media.synthetic.sets import KINDS, write_motion_set, write_synthetic_set

__all__ = ["KINDS", "MOTIONS", "Look", "SyntheticClip", "motion_clips", "write_motion_set", "write_synthetic_set"]
