"""A user's script, read by a type checker: what is right passes, what is wrong is found at its line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import reelwise

SOURCES = str(Path(reelwise.__file__).parents[1])
RIGHT = """
from pathlib import Path

import reelwise as rw

try:
    run = rw.train("clips", model="cnn_lstm", epochs=20, out=Path("runs/a"), cache_dir="cache")
except (rw.UsageError, rw.DataError) as problem:
    raise SystemExit(problem.hint) from problem
folder: Path = run.path
best: list[rw.Score] = run.model.predict("new.mp4").top(3)
model: rw.Model = rw.load_model("runs/a/model.keras")
predictions: list[rw.Prediction] = rw.predict(model_file := folder / "model.keras", "a.mp4", Path("b.mp4"), views=3)
labels: list[str] = [score.label for score in best if score.prob > 0.5]
report: rw.CheckReport = rw.check("clips", group="person")
worst: rw.Finding = report.findings[0]
kind: str = rw.info(model_file)["kind"]
metrics: rw.Metrics = rw.evaluate(model_file, "clips", seed=3)
version: str = rw.__version__
"""
WRONG = {
    'rw.train("clips", epohcs=2)': "epohcs",
    'rw.train("clips", epochs="two")': '"epochs"',
    'rw.check("clips", folds=2)': "folds",
    'rw.predict("m.keras", "a.mp4", out="b")': "out",
    'rw.train("clips").metric': "metric",
    'rw.load_model("m.keras").predict("a.mp4").topp(3)': "topp",
    'rw.info("a.mp4")["sort"]': "sort",
    'rw.check("clips").findings[0].text': "text",
    "rw.ReelwizeError": "ReelwizeError",
    "rw.predict": "",
}
"""A line and a word of the message; the last line is right and shows that not every line is refused."""


def complaints(folder: Path, script: str) -> dict[int, str]:
    """Messages of basedpyright by line from 0, as for a script outside of this repository."""
    (folder / "script.py").write_text(script)
    settings = {"include": ["script.py"], "extraPaths": [SOURCES], "typeCheckingMode": "standard"}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "--pythonpath", sys.executable, "-p", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)["generalDiagnostics"]
    return {item["range"]["start"]["line"]: item["message"] for item in found if item["severity"] == "error"}


def test_a_right_script_passes_and_each_mistake_is_found_at_its_line(tmp_path):
    lines = RIGHT.strip().splitlines()
    messages = complaints(tmp_path, "\n".join([*lines, *WRONG]) + "\n")
    assert {line: text for line, text in messages.items() if line < len(lines)} == {}
    for number, (line, word) in enumerate(WRONG.items(), start=len(lines)):
        assert bool(word) == (number in messages), line
        assert word in messages.get(number, ""), line


@pytest.mark.parametrize("verb", ["train", "evaluate", "predict", "check", "info", "load_model"])
def test_no_verb_says_any(verb):
    annotations = getattr(reelwise, verb).__annotations__
    assert "Any" not in str(annotations.values())
    assert annotations["return"]
