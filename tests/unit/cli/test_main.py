"""The command line's manners: exits, stderr, help, and what it does not import."""

import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from reelwise.cli.main import COMMANDS, run
from reelwise.cli.output import bar, percent
from reelwise.core.interrupt import Termination, unwind_on_terminate
from reelwise.core.progress_text import clock, rate_text
from reelwise.media.synthetic import KINDS


def test_wrong_usage_exits_with_two_and_a_hint(capsys):
    assert run(["train"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: DATA is missing.")
    assert "hint: " in captured.err


def test_an_unknown_flag_names_the_nearest(capsys):
    assert run(["train", "x", "--epoch", "3"]) == 2
    assert "--epochs" in capsys.readouterr().err


def test_an_unknown_command_names_the_nearest(capsys):
    assert run(["tran", "x"]) == 2
    assert "train" in capsys.readouterr().err


def test_a_word_too_many_is_named(capsys):
    assert run(["cache", "clips"]) == 2
    assert "not understood: clips." in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command, capsys):
    assert run([command, "--help"]) == 0
    assert f"reelwise {command}" in " ".join(capsys.readouterr().out.split("Example", 1)[1].split())


def test_the_help_of_train_names_every_made_up_set(capsys):
    assert run(["train", "--help"]) == 0
    words = capsys.readouterr().out.replace(",", " ").replace(".", " ").split()
    assert {word for word in words if word.startswith("synthetic:")} == {f"synthetic:{kind}" for kind in KINDS}


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["models"], ["cache"], ["--version"]])
def test_light_commands_do_not_load_keras(arguments, tmp_path):
    code = f"""
import sys
from reelwise.cli.main import run
status = run({arguments!r})
heavy = {{"keras", "tensorflow", "jax", "torch", "sklearn"}} & set(sys.modules)
assert not heavy, heavy
raise SystemExit(status)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "arguments", [["train", "x", "--epochs", "1.5"], ["analyze", "x", "--out", "y", "--min-shot=1.5"]]
)
def test_a_fraction_is_no_whole_number(arguments, capsys):
    assert run(arguments) == 2
    message = capsys.readouterr().err
    assert 'unable to convert "1.5" into int' in message
    assert "--epochs" in message or "--min-shot" in message


def test_a_flag_without_its_value_is_named(capsys):
    assert run(["train", "x", "--epochs"]) == 2
    assert "--epochs needs a value" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("problem", "status", "told"),
    [
        (ZeroDivisionError("nothing to\ndivide"), 1, "bug in Reelwise: ZeroDivisionError: nothing to divide"),
        (MemoryError(), 1, "out of memory"),
        (
            RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."),
            1,
            "out of memory",
        ),
        (ValueError("RESOURCE_EXHAUSTED: OOM when allocating tensor with shape[9,9]"), 1, "out of memory"),
        (OSError(12, "Cannot allocate memory"), 1, "out of memory"),
        (RuntimeError("can't start new thread"), 1, "the system starts no more threads."),
        (OSError(36, "File name too long", "a"), 1, "a: File name too long.\nhint: Choose a shorter name."),
        (OSError(24, "Too many open files"), 1, "hint: Raise the limit of open files"),
        (OSError(28, "No space left on device", "a.csv"), 1, "a.csv: No space left on device."),
        (KeyboardInterrupt(), 130, "interrupted."),
        (Termination(), 143, "terminated."),
    ],
)
def test_no_failure_ends_in_a_traceback(problem, status, told, capsys, monkeypatch):
    def fail(name: str) -> None:
        raise problem

    monkeypatch.setattr("reelwise.jobs.models.models_document", fail)
    assert run(["models"]) == status
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert told in captured.err
    assert "Traceback" not in captured.err


def test_sigterm_unwinds():
    before = signal.getsignal(signal.SIGTERM)
    try:
        unwind_on_terminate()
        with pytest.raises(Termination):
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_rate_and_time_left():
    assert rate_text(3000, 3000, "videos", 1.0) == "3,000 videos/s"
    assert rate_text(50, 200, "clips", 10.0) == "5 clips/s, 0:30 left"
    assert rate_text(0, 200, "clips", 10.0) == ""
    assert clock(3725) == "1:02:05"


def test_completion_is_printed_for_the_shell(capsys):
    assert run(["--completion", "bash"]) == 0
    script = capsys.readouterr().out
    assert "complete" in script
    assert "--frame-stride" in script


def test_bars_are_shorter_on_a_narrow_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    assert bar(0.5) == "███···"
    monkeypatch.setenv("COLUMNS", "100")
    assert len(bar(0.5)) == 20


def test_what_is_not_certain_is_no_100_percent():
    assert [percent(share) for share in (None, 0.82, 0.997, 1.0)] == ["–", "82 %", "99.7 %", "100 %"]


def test_ctrl_c_while_the_command_line_is_imported_ends_as_later():
    script = """if True:
        import runpy, sys

        class Interrupt:
            def find_spec(self, name, path, target=None):
                if name == "rich":
                    raise KeyboardInterrupt

        sys.meta_path.insert(0, Interrupt())
        sys.argv = ["reelwise", "--version"]
        runpy.run_module("reelwise", run_name="__main__")
        """
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "error: interrupted.\n")


def test_the_console_script_is_the_module():
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["scripts"] == {"reelwise": "reelwise.__main__:main"}
