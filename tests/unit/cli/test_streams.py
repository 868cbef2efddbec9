"""A terminal that is closed, full, without a reader, old, or that has no home."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reelwise.cli.main import COMMANDS

RUN = [sys.executable, "-m", "reelwise"]
MANY_LINES = """
import sys
from reelwise.cli.streams import nobody_reads, open_streams, use_safe_encoding
use_safe_encoding()
open_streams()
for number in range(100_000):
    print(number)
    print(number, file=sys.stderr)
sys.stdout.flush()
open(sys.argv[1], "w").write(str(nobody_reads()))
"""


def shell(command, **environment):
    return subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PY": sys.executable, **environment},
    )  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="needs bash, which Windows does not have")
@pytest.mark.parametrize("redirection", ["| head -1", "2>&1 | head -1", "2>/dev/full >/dev/null", "2>&- >/dev/null"])
def test_work_goes_on_when_nobody_reads(redirection, tmp_path):
    done = shell(f"set -o pipefail; $PY -c '{MANY_LINES}' {tmp_path}/done {redirection}")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "done").read_text() == str("head" in redirection)
    assert "Error" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full, which Linux has")
def test_a_result_that_cannot_be_written_is_a_failure():
    done = shell("$PY -m reelwise models --json > /dev/full")
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs bash, which Windows does not have")
@pytest.mark.parametrize("closed", ["2>&-", ">&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["models --json", "info nothing.mp4", "cache"])
def test_closed_streams_are_no_failure_and_nothing_goes_into_another_file(closed, command, tmp_path):
    done = shell(f"cd {tmp_path}; $PY -m reelwise {command} {closed}", REELWISE_CACHE=str(tmp_path / "cache"))
    assert done.returncode == (1 if "info" in command else 0)
    assert "Traceback" not in done.stdout + done.stderr
    if ">&-" in closed.replace("2>&-", ""):
        assert done.stdout == ""
    elif "2>&-" in closed:
        assert "error:" not in done.stdout


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1"])
@pytest.mark.parametrize("command", ["check", "info"])
def test_an_old_encoding_gets_signs_that_it_has(encoding, command, two_classes, tmp_path):
    data = two_classes if command == "check" else two_classes / "left" / "0.mp4"
    done = subprocess.run(
        [*RUN, command, str(data), *(["--cache-dir", str(tmp_path)] if command == "check" else [])],
        capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
    )  # fmt: skip
    text = (done.stdout + done.stderr).decode(encoding)
    assert done.returncode == 0, text
    assert "\\u" not in text
    assert "Traceback" not in text


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_in_an_old_encoding(command):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run([*RUN, command, "--help"], capture_output=True, check=False, env=environment)
    assert done.returncode == 0
    assert b"\\u" not in done.stdout
    assert not done.stderr


@pytest.mark.parametrize("home", ["/proc/nobody", "/dev/null"])
def test_a_home_that_cannot_be_written_costs_one_warning(home, two_classes, tmp_path):
    environment = {key: value for key, value in os.environ.items() if key not in ("REELWISE_CACHE", "XDG_CACHE_HOME")}
    done = subprocess.run(
        [*RUN, "check", str(two_classes), "--quiet"], capture_output=True, text=True, check=False,
        env={**environment, "HOME": home, "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"warning: {home}/.cache/reelwise: cannot be written, so that the cache is {tmp_path}")
