"""Leaves out boundaries that would make a shot too short."""

from collections.abc import Sequence

from reelwise.analysis.shots.transitions import Transition


class ShortShots:
    """Takes boundaries in order and gives those between which shots are long enough, the last one of the video too.

    A boundary waits until so many frames have come after it.

    Args:
        min_shot: Least number of frames of a shot; 0 leaves out nothing.
    """

    def __init__(self, min_shot: int) -> None:
        self._min_shot = min_shot
        self._last_end = 0
        self._waiting: list[Transition] = []

    def push(self, transitions: Sequence[Transition], num_frames: int) -> list[Transition]:
        """The boundaries that certainly count.

        Args:
            transitions: The next ones.
            num_frames: Frames of the video so far; at its end those that still wait would make too short a last shot.
        """
        for transition in transitions:
            if transition.start_frame - self._last_end >= self._min_shot:
                self._waiting.append(transition)
                self._last_end = transition.end_frame
        ready = [one for one in self._waiting if num_frames - one.end_frame >= self._min_shot]
        self._waiting = self._waiting[len(ready) :]
        return ready
