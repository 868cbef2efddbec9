"""The console script: parse, call the job, print; every failure becomes ``error:`` and ``hint:`` on stderr."""

import difflib
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Literal, get_args

from cyclopts import (
    App,
    ArgumentCollection,
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    Parameter,
    UnusedCliTokensError,
)
from cyclopts.help import DefaultFormatter, HelpPanel
from cyclopts.utils import default_name_transform
from rich.console import Console, ConsoleOptions

from reelwise.cli.streams import open_streams, print_error_line, use_safe_encoding, warnings_as_lines
from reelwise.core.errors import ReelwiseError
from reelwise.core.files import file_hint
from reelwise.core.interrupt import Termination, unwind_on_terminate
from reelwise.core.memory_errors import is_out_of_memory

STDIN_WORD = "stdin:"
"""What stands for a hyphen alone, which means the video on stdin."""
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143
MEMORY_HINT = "Close other programs, or give fewer videos at once."
MEMORY_HINTS = {
    "train": "Use fewer or smaller frames: --size, --num-frames, --batch-size; or close other programs.",
    "demo": "Close other programs.",
    "generate": "Use a smaller --num or fewer --frames, or close other programs.",
}
"""What to do when memory runs out, by the command."""
NO_THREADS = "can't start new thread"
"""What Python says where the system has no thread left to give."""
MAX_BUG_TEXT = 300
"""Characters of an unexpected exception that are printed: it may carry a whole array."""
TRACEBACK_VARIABLE = "REELWISE_TRACEBACK"
"""Environment variable that shows the traceback of a bug."""


def _flag_name(field: str) -> str:
    # `from` is a Python keyword, so the fields are called from_model and from_analysis.
    return "from" if field.startswith("from_") else default_name_transform(field)


def _refuse_fractions(app: App, commands: tuple[str, ...], arguments: ArgumentCollection) -> None:
    """Refuse 1.5 where a whole number is expected; the parser would round it and say nothing."""
    del app, commands
    for argument in arguments:
        if int not in (argument.hint, *get_args(argument.hint)):
            continue
        for token in argument.tokens:
            if isinstance(token.value, str) and "." in token.value:
                raise CoercionError(argument=argument, token=token, target_type=int)


HELP = """Deep learning for video on the machine you have.

Give it a folder of class folders and it trains, tests and saves a model:

    reelwise train clips/

Look at your data first with `reelwise check clips/`; use the model with
`reelwise predict runs/clips-1/model.keras new.mp4`.
"""


class _HelpFormatter(DefaultFormatter):
    """The parser's help; but a flag takes one value each time, and an empty default says nothing."""

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        entries = [
            entry.copy(
                metavar=entry.metavar and entry.metavar.removesuffix("..."),
                default=None if entry.default == "()" else entry.default,
            )
            for entry in panel.entries
        ]
        super().__call__(console, options, panel.copy(entries=entries))


app = App(
    name="reelwise",
    help=HELP,
    version=None,
    version_flags=[],
    default_parameter=Parameter(negative=(), show_choices=True, name_transform=_flag_name),
    config=_refuse_fractions,
    sort_key=None,
    suppress_keyboard_interrupt=False,
    help_format="markdown",
    help_formatter=_HelpFormatter(),
)
COMMANDS = (
    "demo",
    "check",
    "train",
    "evaluate",
    "predict",
    "analyze",
    "find",
    "generate",
    "models",
    "info",
    "cache",
)
"""Modules of ``cli``, one line each; each defines a function ``command``."""
for _name in COMMANDS:
    app.command(import_module(f"reelwise.cli.{_name}").command, name=_name)


@app.default
def top(
    *, version: bool = False, verbose: bool = False, completion: Literal["bash", "zsh", "fish"] | None = None
) -> None:
    """Print the help, or the versions.

    Args:
        version: Print the version and exit.
        verbose: With --version: also those of the libraries that Reelwise uses, with warnings about known-bad ones.
        completion: Print what completes flags on TAB, for `eval "$(reelwise --completion bash)"` in ~/.bashrc.
    """
    if completion:
        print(app.generate_completion(shell=completion))
        return
    if not version:
        app.help_print([])
        return
    from reelwise.cli.versions import print_versions

    print_versions(verbose)


def main() -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 wrong usage, 130 interrupted, 143 terminated."""
    unwind_on_terminate()
    use_safe_encoding()
    open_streams()
    status = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError as problem:
        status = _fail(f"stdout: {_describe(problem)}", "Write to another place.", EXIT_FAILED)
    sys.exit(status)


def run(arguments: list[str]) -> int:
    """Run one command and give its exit status; no mistake of a user ends in a traceback."""
    use_safe_encoding()
    if arguments and not arguments[0].startswith("-") and arguments[0] not in COMMANDS:
        nearest = difflib.get_close_matches(arguments[0], COMMANDS, n=1)
        hint = f"Did you mean {nearest[0]}?" if nearest else f"There are: {', '.join(COMMANDS)}."
        return _fail(f"no command is called {arguments[0]!r}.", hint, EXIT_USAGE)
    # The parser takes a hyphen alone for an option without a name.
    arguments = [STDIN_WORD if argument == "-" else argument for argument in arguments]
    try:
        with warnings_as_lines():
            status = app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as problem:
        return _fail(_usage_text(problem), f"See: reelwise {_command_of(arguments)}--help", EXIT_USAGE)
    except BrokenPipeError:  # a command that has nothing to do but to print, and nobody reads it
        return 0
    except (Exception, KeyboardInterrupt) as problem:  # noqa: BLE001 - the last place: a bug of ours is reported too
        return _report(problem, _command_of(arguments).strip())
    return status if isinstance(status, int) else 0


def _report(problem: BaseException, command: str) -> int:
    """Print an error and its hint on stderr; gives the exit status."""
    if isinstance(problem, ReelwiseError):
        return _fail(problem.message, problem.hint, problem.exit_code)
    if isinstance(problem, Termination):
        return _fail("terminated.", "", EXIT_TERMINATED)
    if isinstance(problem, KeyboardInterrupt):
        return _fail("interrupted.", "", EXIT_INTERRUPTED)
    if is_out_of_memory(problem):
        return _fail("out of memory.", MEMORY_HINTS.get(command, MEMORY_HINT), EXIT_FAILED)
    if isinstance(problem, OSError):
        return _fail(_describe(problem), file_hint(problem), EXIT_FAILED)
    if NO_THREADS in str(problem):
        return _fail("the system starts no more threads.", "Close other programs, or use --threads 1.", EXIT_FAILED)
    if os.environ.get(TRACEBACK_VARIABLE):
        raise problem
    hint = f"Please report it; with {TRACEBACK_VARIABLE}=1 it shows where it happened."
    return _fail(_bug_text(problem), hint, EXIT_FAILED)


def _command_of(arguments: list[str]) -> str:
    return f"{arguments[0]} " if arguments and arguments[0] in COMMANDS else ""


def _usage_text(problem: CycloptsError) -> str:
    """The parser's error in the words of the help; it calls a positional argument by its flag."""
    if isinstance(problem, UnusedCliTokensError):
        return f"these arguments are not understood: {' '.join(problem.unused_tokens or ())}."
    argument = problem.argument if isinstance(problem, MissingArgumentError) else None
    if argument is None:
        return " ".join(str(problem).split())
    if argument.index is None:
        return f"{argument.name} needs a value."
    return f"{argument.name.lstrip('-').upper()} is missing."


def _bug_text(problem: BaseException) -> str:
    place = traceback.extract_tb(problem.__traceback__)[-1]
    what = " ".join(str(problem).split())[:MAX_BUG_TEXT]
    where = f"{Path(place.filename).name}, line {place.lineno}"
    return f"this is a bug in Reelwise: {type(problem).__name__}{f': {what}' if what else ''} ({where})."


def _describe(problem: OSError) -> str:
    where = f"{problem.filename}: " if problem.filename else ""
    return f"{where}{problem.strerror or problem}."


def _fail(message: str, hint: str, status: int) -> int:
    print_error_line(f"error: {message}")
    if hint:
        print_error_line(f"hint: {hint}")
    return status
