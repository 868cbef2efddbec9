"""What the shot detector finds: transitions between shots, each with its type, its frames and its score."""

from dataclasses import dataclass

from reelwise.analysis.results import TransitionType

GRADUAL_TYPES: tuple[TransitionType, ...] = ("dissolve", "fade_black", "fade_white", "wipe")
"""The types that take time, in the order of the network's outputs after "none"."""


@dataclass(frozen=True)
class Transition:
    """One boundary between two shots.

    Args:
        type: How the shots change.
        start_frame: The first frame that is no longer wholly the old shot's: 0-based, in display order.
        end_frame: The first frame that is wholly the new shot's. Equal to ``start_frame`` for a cut.
        score: How probable it is that there is such a boundary, 0 to 1, calibrated.

    Raises:
        ValueError: The frames do not fit the type.
    """

    type: TransitionType
    start_frame: int
    end_frame: int
    score: float

    def __post_init__(self) -> None:
        if (self.end_frame == self.start_frame) != (self.type == "cut") or self.end_frame < self.start_frame:
            raise ValueError(f"a {self.type} cannot take the frames [{self.start_frame}, {self.end_frame})")
