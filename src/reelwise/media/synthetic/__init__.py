"""Made-up videos of which everything is known: for the demo, for tests and for benchmarks."""

from reelwise.media.synthetic.audio_visual import CLUES, write_audio_visual_set
from reelwise.media.synthetic.motion import MOTIONS, motion_clips
from reelwise.media.synthetic.scene import Style, SyntheticClip
from reelwise.media.synthetic.sets import KINDS, SyntheticKind, write_motion_set, write_synthetic_set
from reelwise.media.synthetic.tracks import tracks_from_text, tracks_to_text

__all__ = [
    "CLUES",
    "KINDS",
    "MOTIONS",
    "Style",
    "SyntheticClip",
    "SyntheticKind",
    "motion_clips",
    "tracks_from_text",
    "tracks_to_text",
    "write_audio_visual_set",
    "write_motion_set",
    "write_synthetic_set",
]
