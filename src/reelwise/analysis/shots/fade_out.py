"""Leaves out the fade with which a video ends in black or white."""

from collections.abc import Callable, Sequence

from reelwise.analysis.shots.transitions import Transition


class FadeOut:
    """Takes transitions in order and holds back a gradual one as long as nothing but black or white has come after it.

    A video that ends so has no other shot there: what is black belongs to its last shot. After ``max_delay`` frames it
    counts as a shot.

    Args:
        is_blank: Whether a frame, by its number, is black or white all over.
        max_delay: Frames from the start of a transition to when it is given at the latest.
    """

    def __init__(self, is_blank: Callable[[int], bool], max_delay: int) -> None:
        self._is_blank = is_blank
        self._max_delay = max_delay
        self._waiting: list[Transition] = []
        self._first_untested = 0

    def push(self, transitions: Sequence[Transition], num_frames: int) -> list[Transition]:
        """The transitions that certainly lead to another shot.

        Args:
            transitions: The next ones.
            num_frames: Frames of the video so far; at its end those that still wait are the fade out.
        """
        self._waiting += transitions
        ready: list[Transition] = []
        while self._waiting and self._leads_to_a_shot(self._waiting[0], num_frames):
            ready.append(self._waiting.pop(0))
        return ready

    def _leads_to_a_shot(self, transition: Transition, num_frames: int) -> bool:
        if transition.type == "cut" or num_frames - transition.start_frame >= self._max_delay:
            return True
        # Between the transition that waits and this frame all are blank.
        frames = range(max(transition.end_frame, self._first_untested), num_frames)
        self._first_untested = next((frame for frame in frames if not self._is_blank(frame)), num_frames)
        return self._first_untested < num_frames
