"""Progress on stderr, for a log, a terminal and --quiet."""

import pytest

from reelwise.cli.progress import PlainProgress, QuietProgress, TerminalProgress


@pytest.mark.parametrize("kind", [QuietProgress, PlainProgress, TerminalProgress])
def test_a_command_of_several_jobs_gives_each_warning_once(kind, capsys):
    progress = kind()
    for text in ("no back end can use the GPU [1].", "a.mp4 is skipped.", "no back end can use the GPU [1]."):
        progress.warn(text)
    progress.close()
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["warning: no back end can use the GPU [1].", "warning: a.mp4 is skipped."]
