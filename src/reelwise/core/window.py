"""Which frames of a video a model of prediction is given, and which ones it predicts."""

from dataclasses import dataclass

from reelwise.core.errors import UsageError

_MOST_FRAMES = 256
"""Of one window, as of one clip: a bound on the memory that a model file of a stranger can cost."""

_LARGEST_STRIDE = 1000


@dataclass(frozen=True)
class WindowSpec:
    """The frames of one window: first the context, then the targets, each one stride behind the one before.

    Args:
        num_context: T_in, frames that the model is given.
        num_targets: T_out, frames that it predicts.
        frame_stride: Source frames from one frame of the window to the next.

    Raises:
        UsageError: A number is out of its range.

    Example:
        >>> spec = WindowSpec(num_context=2, num_targets=3, frame_stride=4)
        >>> spec.num_frames, spec.span
        (5, 17)
    """

    num_context: int = 8
    num_targets: int = 8
    frame_stride: int = 2

    def __post_init__(self) -> None:
        for name, count in (("num_context", self.num_context), ("num_targets", self.num_targets)):
            if not 1 <= count < _MOST_FRAMES:
                raise UsageError(f"{name} is {count}, expected 1 to {_MOST_FRAMES - 1}.", hint="Use 8.")
        if self.num_frames > _MOST_FRAMES:
            raise UsageError(
                f"{self.num_context} context and {self.num_targets} target frames are {self.num_frames}, expected"
                f" {_MOST_FRAMES} at most.",
                hint="Predict fewer frames, and go on from what was predicted.",
            )
        if not 1 <= self.frame_stride <= _LARGEST_STRIDE:
            raise UsageError(f"frame_stride is {self.frame_stride}, expected 1 to {_LARGEST_STRIDE}.", hint="Use 2.")

    @property
    def num_frames(self) -> int:
        """T = T_in + T_out."""
        return self.num_context + self.num_targets

    @property
    def span(self) -> int:
        """Source frames from the first frame of a window to its last one, both counted."""
        return (self.num_frames - 1) * self.frame_stride + 1
