"""The rate that ``--frame-rate`` gives folders of numbered pictures: it holds for the whole of a job."""

from collections.abc import Callable, Generator, Sequence
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from reelwise.core.errors import UsageError
from reelwise.core.number_text import count_text
from reelwise.core.progress import Progress
from reelwise.media.frame_folders import is_frame_folder
from reelwise.media.frame_rates import FLAG, FrameRates, parse_rate, steps_with, use_frame_rates


class ReadsVideos(Protocol):
    """Options of a command that reads videos."""

    @property
    def frame_rate(self) -> str | float | None:
        """Frames per second of folders of numbered pictures; None where it was not given."""
        ...


OptionsT = TypeVar("OptionsT", bound=ReadsVideos)
P = ParamSpec("P")
ResultT = TypeVar("ResultT")
ItemT = TypeVar("ItemT")


def with_frame_rate(job: Callable[Concatenate[OptionsT, P], ResultT]) -> Callable[Concatenate[OptionsT, P], ResultT]:
    """A job whose option ``frame_rate`` holds while it runs."""

    @wraps(job)
    def run(options: OptionsT, *args: P.args, **kwargs: P.kwargs) -> ResultT:
        with use_frame_rates(_rates_of(options)):
            return job(options, *args, **kwargs)

    return run


def with_frame_rate_at_each_step(
    job: Callable[Concatenate[OptionsT, P], Generator[ItemT]],
) -> Callable[Concatenate[OptionsT, P], Generator[ItemT]]:
    """The same for a job that yields: it holds within each of its steps, and not for the caller between them."""

    @wraps(job)
    def run(options: OptionsT, *args: P.args, **kwargs: P.kwargs) -> Generator[ItemT]:
        return steps_with(_rates_of(options), job(options, *args, **kwargs))

    return run


def check_frame_rate(options: ReadsVideos, paths: Sequence[Path], progress: Progress | None = None) -> None:
    """Refuse ``--frame-rate`` where no folder of numbered pictures is read, and say which videos it does not hold for.

    Args:
        options: Of the command.
        paths: The videos.
        progress: Receives what is said.

    Raises:
        UsageError: All of them say their own rate.
    """
    if options.frame_rate is None:
        return
    num_folders = sum(map(is_frame_folder, paths))
    if not num_folders:
        one = f"{paths[0]}: is no folder" if len(paths) == 1 else "none of the videos is a folder"
        reason = f"{one} of numbered pictures, and {FLAG} is for those: a video file says its own rate."
        raise UsageError(reason, hint=f"Leave {FLAG} out.")
    if num_folders < len(paths) and progress is not None:
        folders, others = count_text(num_folders, "folder"), count_text(len(paths) - num_folders, "other video")
        progress.warn(f"{FLAG} holds for {folders} of numbered pictures; {others} say their own rate.")


def _rates_of(options: ReadsVideos) -> FrameRates:
    if options.frame_rate is None:
        return FrameRates()
    rate = parse_rate(options.frame_rate)
    if rate is None:
        text = f"{FLAG} is {options.frame_rate!r}, expected frames per second, more than 0 and up to 1000."
        raise UsageError(text, hint="Write 30 or 30000/1001.")
    return FrameRates(of_all=rate)
