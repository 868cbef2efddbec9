"""Several models of one run: which is handed over, and where the files of each go."""

from pathlib import Path
from typing import Any

import pytest

from reelwise.cli.train import print_run
from reelwise.jobs.runs.folder import Run
from reelwise.jobs.runs.leaderboard import JudgedModel, Leaderboard, report_rows
from reelwise.tasks import Metrics, read_metrics


class Notes:
    """What a run was told."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def note(self, text: str) -> None:
        self.texts.append(text)


def model(name: str, **scores: Any) -> JudgedModel:
    return JudgedModel(name, read_metrics({"labels": [], **scores}), 12.345, 1000)


def written(board: Leaderboard) -> list[dict[str, Any]]:
    for folder in board.folders:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.keras").write_bytes(b"weights")
    return board.rows()


@pytest.mark.parametrize(
    ("task", "name", "values", "best"),
    [
        ("prediction", "psnr", (20.0, 25.0), 1),
        ("regression", "mae", (2.0, 3.0), 0),
        ("generation", "kvd", (0.5, 0.2), 1),
    ],
)
def test_the_best_score_has_the_run_folder(tmp_path: Path, task: str, name: str, values: Any, best: int) -> None:
    pairs = zip(("a:nano", "b:tiny"), values, strict=True)
    board = Leaderboard(
        tmp_path, [model(key, task=task, **{name: value, f"{name}_ci95": None}) for key, value in pairs]
    )
    assert board.best == best
    other = board.models[1 - best].name
    rows = written(board)
    assert [row["model"] for row in rows] == [board.models[best].name, other]
    assert [row["file"] for row in rows] == ["model.keras", f"models/{other.replace(':', '-')}/model.keras"]
    assert [row[name] for row in rows] == sorted(values, reverse=task == "prediction")
    assert (rows[0]["clips_per_second"], rows[0]["size"]) == (12.35, 7)
    first, second = report_rows(rows, board.models[0].metrics)
    assert (first.handed_over, second.handed_over) == (True, False)
    assert first.accuracy == values[best]


def test_the_choice_is_said_where_there_was_one(tmp_path: Path) -> None:
    notes: Any = Notes()
    one, two = (
        model(name, task="prediction", psnr=value, psnr_ci95=None) for name, value in (("a", 20.0), ("b", 21.0))
    )
    Leaderboard(tmp_path, [one]).note(notes)
    assert notes.texts == []
    Leaderboard(tmp_path, [one, two]).note(notes)
    assert "The model handed over is b, which scored best of 2 models" in notes.texts[0]


def test_models_without_a_score_are_no_reason_to_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fields: Any = {"task": "generation", "kvd": None, "kvd_ci95": None}
    board = Leaderboard(tmp_path, [model("a", **fields), model("b", **fields)])
    assert board.best == 0
    notes: Any = Notes()
    board.note(notes)
    assert notes.texts == [
        "The model handed over is a, which was named first: none of 2 models on these same videos has a score."
    ]
    rows = written(board)
    assert report_rows(rows, board.models[0].metrics) == ()
    scored = Leaderboard(tmp_path, [board.models[0], model("c", task="generation", kvd=0.1, kvd_ci95=None)])
    assert scored.best == 1
    print_run(Run(tmp_path, Metrics({**board.models[0].metrics, "verdict": "No score."}), tuple(rows)))
    assert "–" in capsys.readouterr().out
