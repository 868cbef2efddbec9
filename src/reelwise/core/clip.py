"""Which frames of a video a model reads: how decoding thins them, and which ones make a clip."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from reelwise.core.errors import UsageError

Fit = Literal["squash", "crop"]
"""How a frame fits a picture of another shape: ``squash`` shows all of it with other proportions, ``crop`` the largest
part from its middle with its own, pixels that are not square taken into account."""

FITS: tuple[Fit, ...] = get_args(Fit)


MAX_STILLS = 64
"""Of one video. Each costs some 10 ms in a network for photographs; chosen by reasoning."""


@dataclass(frozen=True)
class DecodeSettings:
    """How frames are kept when a video is decoded once; part of the cache key and of the contract.

    Frames are resized to one square, so that no model learns labels from the aspect ratio of the source. Classifiers
    squash them, so that nothing at the sides is lost; whoever makes pictures crops, so that things keep their shape. Of
    a video that would keep more than ``max_frames``, evenly spread windows of ``window_seconds`` are kept instead.

    Args:
        size: Pixels along each side of the kept square frames.
        max_frame_rate: Frames per second kept at most, evenly thinned by pts; None keeps every frame.
        max_frames: Frames kept at most of one video.
        window_seconds: Length of each window that is kept of a video with more frames than that.
        fit: How a frame fits the square.
        num_stills: So many single frames are kept, evenly spread over the video, or all of a shorter one; rate and
            windows then mean nothing. None keeps frames as above.
    """

    size: int = 96
    max_frame_rate: Fraction | None = Fraction(30)
    max_frames: int = 1800
    window_seconds: Fraction = Fraction(10)
    fit: Fit = "squash"
    num_stills: int | None = None

    def __post_init__(self) -> None:
        # Bounds on the memory that a model file of a stranger can cost; chosen by reasoning, as in the classes below.
        if not 16 <= self.size <= 512:
            raise UsageError(f"size is {self.size}, expected 16 to 512 pixels.", hint="Use --size 96.")
        if self.max_frames < 1 or self.window_seconds <= 0:
            raise UsageError(f"max_frames {self.max_frames} and window_seconds {self.window_seconds} must be positive.")
        if self.max_frame_rate is not None and self.max_frame_rate <= 0:
            raise UsageError(f"max_frame_rate is {self.max_frame_rate}, expected a positive rate or None.")
        if self.fit not in FITS:
            raise UsageError(f"fit is {self.fit!r}, expected {' or '.join(FITS)}.")
        if self.num_stills is not None and not 1 <= self.num_stills <= MAX_STILLS:
            raise UsageError(f"num_stills is {self.num_stills}, expected 1 to {MAX_STILLS}.")


@dataclass(frozen=True)
class ClipSpec:
    """Which frames of a video make one clip.

    Without ``frame_stride`` the T frames are spread evenly over the whole video, or over ``max_span_seconds`` of it
    when it is longer; with it they are ``frame_stride`` source frames apart and a shorter video is refused.

    Args:
        num_frames: T, frames in a clip.
        frame_stride: Source frames from one kept frame to the next; None spreads the clip by time.
        max_span_seconds: The longest span of one clip when it is spread by time.
        input_size: Pixels along each side of the network's input; the cached square is cropped to it.
    """

    num_frames: int = 16
    frame_stride: int | None = None
    max_span_seconds: Fraction = Fraction(10)
    input_size: int = 96

    def __post_init__(self) -> None:
        if not 1 <= self.num_frames <= 256:
            raise UsageError(f"num_frames is {self.num_frames}, expected 1 to 256.", hint="Use --num-frames 16.")
        if self.frame_stride is not None and not 1 <= self.frame_stride <= 1000:
            raise UsageError(
                f"frame_stride is {self.frame_stride}, expected 1 to 1000.", hint="Leave --frame-stride out."
            )
        if self.max_span_seconds <= 0:
            raise UsageError(f"max_span_seconds is {self.max_span_seconds}, expected more than 0.")
        if not 8 <= self.input_size <= 512:
            raise UsageError(f"input_size is {self.input_size}, expected 8 to 512 pixels.")


@dataclass(frozen=True)
class TimeJitter:
    """How freely training chooses the frames of a clip.

    Args:
        shortest_span: A clip covers a random share of its usual span, from this to 1; 1 keeps the span.
        frame_offset: How far each frame may leave the centre of its part: 0 not at all, 1 anywhere in it.
        shared_offset: Whether all frames of a clip leave their centres alike, so that gaps stay even.
    """

    shortest_span: float = 1.0
    frame_offset: float = 1.0
    shared_offset: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.shortest_span <= 1 or not 0 <= self.frame_offset <= 1:
            raise ValueError(f"shares must lie in (0, 1] and [0, 1], got {self.shortest_span} and {self.frame_offset}")
