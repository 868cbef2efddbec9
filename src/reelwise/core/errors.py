"""One tree of errors; each message names the place, what was got, what was expected and how to mend it."""

from pathlib import Path


class ReelwiseError(Exception):
    """A failure that a person can mend; the command line prints it as ``error:`` and ``hint:``.

    Args:
        message: Where, what was got, what was expected: ``"a.mp4: 48 frames, 61 are needed."``
        hint: What to do about it, as a sentence: ``"Use --frame-stride 3."``

    Example:
        >>> error = ReelwiseError("a.mp4: 48 frames, 61 are needed.", hint="Use --frame-stride 3.")
        >>> str(error)
        'a.mp4: 48 frames, 61 are needed. Use --frame-stride 3.'
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint

    def __reduce__(self):
        # The default would pass the joined text alone, and lose the hint on the way out of a worker process.
        return (_rebuild, (type(self), self.message, self.hint))

    def reason_for(self, *names: str | Path) -> str:
        """The message without the name of the file in front, for a list where the file stands beside it.

        Example:
            >>> VideoError("a.mp4: is a text, not a video file.").reason_for("clips/a.mp4")
            'is a text, not a video file.'
        """
        message = self.message
        for name in names:
            message = message.removeprefix(f"{name}: ").removeprefix(f"{Path(name).name}: ")
        return message


class ReelwiseWarning(UserWarning):
    """Something unusual that did not stop the work; the filters of ``warnings`` decide what becomes of it."""


class UsageError(ReelwiseError):
    """A command or call has wrong arguments (exit 2)."""

    exit_code = 2


class VideoError(ReelwiseError):
    """One video cannot be used; the others can."""


class DataError(ReelwiseError):
    """A data set, list or split cannot be used as a whole."""


class ModelFileError(ReelwiseError):
    """A model file is damaged, was not written by Reelwise, or needs more memory or operations than is allowed."""


class CacheError(ReelwiseError):
    """The frame cache cannot be written or read."""


class TrainingError(ReelwiseError):
    """Training cannot go on: loss not finite, out of memory, a checkpoint that cannot be saved."""


class Interruption(ReelwiseError):
    """A job that stopped on request, after it saved what can be resumed.

    Args:
        message: What was saved, and where.
        hint: How to go on.
        signal_number: 2 for Ctrl-C, 15 for SIGTERM; the exit code is 128 more.
    """

    def __init__(self, message: str, *, hint: str = "", signal_number: int = 2) -> None:
        super().__init__(message, hint=hint)
        self.signal_number = signal_number
        self.exit_code = 128 + signal_number


def _rebuild(kind: type[ReelwiseError], message: str, hint: str) -> ReelwiseError:
    return kind(message, hint=hint)
