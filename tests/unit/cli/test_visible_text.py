"""Names from files come to the terminal as they are, and never as something that it obeys."""

import io
import json
import re
import shlex
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from reelwise.cli import analyze, check_report, find, generate, info, main, predict, progress, train
from reelwise.cli.visible_text import json_text, visible

PIECES = ("[red]", "[/]", "[/z]", ":m:", ":smile:", "\\", "[", "]", "\x1b]0;t\x07", "\x1b[2J", "\x9b1m", "\x7f",
          "‮", "\r", "\n", "\t", "é", "映", "\udcff", "{", "%s", "$x", "~", "`", "*", "a b", "-", "<b>")  # fmt: skip
NAMES = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), min_size=1, max_size=5).map("".join)
OBEYED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f‪-‮⁦-⁩]")
"""What a terminal acts on, apart from the ends of our lines."""


def squeezed(text):
    """Without what breaking lines adds or takes."""
    return re.sub(r"\s", "", text)


@given(NAMES)
def test_what_is_visible_has_nothing_that_a_terminal_obeys(name):
    assert not OBEYED.search(visible(name))
    assert "\n" not in visible(name)


@given(NAMES)
def test_json_says_the_same_without_what_a_terminal_obeys(name):
    for is_ascii in (False, True):
        text = json_text({"file": [name]}, is_ascii=is_ascii)
        assert json.loads(text) == {"file": [name]}
        assert not OBEYED.search(text)
    assert text.isascii()


class Folder(str):
    """A path that takes any name: ``Path`` has rules of its own for dots and slashes."""

    def __truediv__(self, name):
        return Folder(f"{self}/{name}")


CHECK = {
    "num_usable": 1, "num_videos": 1, "target": None, "task": "classification", "sound": {"with": 0, "usable": 0},
    "groups": {"kind": "none", "place": "no group"}, "layout": "class folders",
}  # fmt: skip


def check_document(name):
    column = {"name": name, "kind": "text", "num_values": 2, "examples": [name], "num_missing": 0, "num_given": 1,
              "not_read": "", "not_read_kind": ""}  # fmt: skip
    finding = {"severity": "warning", "message": f"{name}: is odd.", "files": [name], "suggestion": f"Mend {name}."}
    candidate = {"flag": name, "in_use": False, "task": "classification", "num_labels": 2, "examples": [name]}
    return CHECK | {"labels": {name: 1}, "notes": [name], "metadata": [column, column | {"not_read": name}],
                    "label_candidates": [candidate], "findings": [finding]}  # fmt: skip


def print_everything(name):
    """Everything that commands print of a name, on stdout."""
    document = {"kind": "video", "status": "ok", "file": name, "video": {"tags": {name: name}}, "warnings": [name]}
    info.print_info(document)
    info.print_info({"kind": "model", "status": "refused", "file": name, "reason": name, "hint": name, "warnings": []})
    check_report.print_report(check_document(name))
    video = {"file": name, "folder": name, "found": {name: 2}, "error": name, "warnings": [name]}
    analyze.print_run(SimpleNamespace(videos=[video | {"refused_exports": {name: name}}], path=Folder("out")))
    failure = SimpleNamespace(file=name, error=name)
    clip = SimpleNamespace(file=name)
    find.print_matches(SimpleNamespace(matches=(), num_videos=1, clip=clip, failures=[failure]))
    sample = {"file": name, "num_frames": 1, "source": None, "label": name, "end": None, "truth": None}
    manifest = {"samples": [sample], "failures": [{"file": name, "error": name}], "grid": name}
    generate.print_samples(SimpleNamespace(manifest=manifest, path=Folder("out")))
    prediction = SimpleNamespace(file=name, error=name, value=None)
    print(predict.line_of(prediction, 2))


@settings(max_examples=60, deadline=None)
@given(NAMES.filter(lambda name: squeezed(visible(name))))
def test_no_name_is_changed_or_obeyed_in_what_commands_print(name):
    with pytest.MonkeyPatch.context() as patch:
        stdout = io.StringIO()
        patch.setattr("sys.stdout", stdout)
        patch.setenv("COLUMNS", "4000")
        print_everything(name)
    text = stdout.getvalue()
    assert not OBEYED.search(text)
    assert squeezed(text).count(squeezed(visible(name))) >= 30


@settings(max_examples=60, deadline=None)
@given(NAMES.filter(lambda name: squeezed(visible(name))))
def test_errors_and_progress_show_names_as_they_are(name):
    for kind in (progress.PlainProgress, progress.TerminalProgress, progress.QuietProgress):
        with pytest.MonkeyPatch.context() as patch:
            stderr = io.StringIO()
            patch.setattr("sys.stderr", stderr)
            shown = kind()
            if isinstance(shown, progress.TerminalProgress):
                shown._console = Console(file=stderr, width=4000, markup=False, emoji=False, highlight=False)
            shown.stage(name)
            shown.update(1, 1, "videos", name)
            shown.log(name)
            shown.warn(name)
            shown.close()
            main._fail(name, name, 1)
        text = stderr.getvalue()
        assert not OBEYED.search(text)
        least = 3 if kind is progress.QuietProgress else 6
        assert squeezed(text).count(squeezed(visible(name))) >= least


def test_a_printed_command_can_be_pasted(monkeypatch, capsys):
    metrics = {"task": "classification", "verdict": "Good.", "accuracy": None}
    monkeypatch.setattr(train, "print_metrics", lambda metrics: None)
    train.print_run(SimpleNamespace(leaderboard=(), metrics=metrics, path=Path("my runs/it's")))
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("next"))
    assert shlex.split(line)[1:4] == ["reelwise", "predict", "my runs/it's/model.keras"]
