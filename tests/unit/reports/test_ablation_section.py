from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from reelwise.evaluation.evaluate import evaluation_metrics
from reelwise.evaluation.modality_ablation import AblatedPredictions
from reelwise.reports.ablation_section import ablation_section
from reelwise.reports.report_data import ReportData
from reelwise.reports.run_report import render_report
from reelwise.tasks.metrics import Metrics


def entry(accuracy: float, gap: tuple[float, float] | None = None, **more: Any) -> dict[str, Any]:
    found = {"accuracy": accuracy, "accuracy_ci95": [accuracy - 0.1, min(1, accuracy + 0.1)], "how": "masked"} | more
    return found if gap is None else found | {"difference_ci95": list(gap)}


def metrics(table: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"labels": ["a", "b", "c", "d"], "modalities": table, "baselines": {}} | more


def test_every_combination_has_its_row():
    table = {"frames+sound": entry(0.9), "frames": entry(0.5, (0.284, 0.516)), "sound": entry(0.9, (-0.02, 0.02))}
    shown = ablation_section(Metrics(metrics(table)))
    assert shown is not None
    assert [(row.title, row.note, row.difference) for row in shown.parts] == [
        ("The whole model", "frames and sound", ""),
        ("Frames alone", "without sound", "28 to 52 points less"),
        ("Sound alone", "without frames", "no clear difference"),
    ]
    assert [row.own for row in shown.parts] == [True, False, False]
    assert (shown.parts[1].low, shown.parts[1].value, shown.parts[1].percent) == (40, 50, "50 %")
    assert shown.sentences == ("Sound helps (90 % with it, 50 % without).", "Frames make no difference.")
    assert (shown.time, shown.floor, shown.was_retrained, shown.num_videos) == ((), 25, False, None)


def test_three_parts_are_named_by_what_is_left():
    table = {"frames+sound+metadata": entry(0.9), "sound+metadata": entry(0.95, (-0.09, -0.01))}
    rows = ablation_section(Metrics(metrics(table))).parts  # pyright: ignore[reportOptionalMemberAccess]
    assert rows[0].note == "frames, sound and metadata"
    assert (rows[1].title, rows[1].note, rows[1].difference) == (
        "Sound and metadata", "without frames", "1 to 9 points more",
    )  # fmt: skip


def test_time_and_the_sample_are_told():
    time = {"shuffled": entry(0.5, (0.1, 0.2), num_videos=30), "middle_frame": entry(0.4, (0.1, 0.2), num_videos=30)}
    given = metrics({"frames": entry(0.9)}, time=time, baselines={"majority": {"accuracy": 0.4}})
    shown = ablation_section(Metrics(given))
    assert shown is not None
    assert shown.parts == ()
    assert [row.title for row in shown.time] == ["The whole model", "Frames shuffled", "Middle frame only"]
    assert (shown.floor, shown.num_videos) == (40, 30)


@pytest.mark.parametrize("table", [{}, {"frames": entry(0.9)}])
def test_nothing_hidden_nothing_shown(table):
    assert ablation_section(Metrics(metrics(table))) is None


def test_models_trained_anew_are_said_so():
    table = {"frames+sound": entry(0.9, how="retrained"), "frames": entry(0.5, (0.2, 0.5), how="retrained")}
    shown = ablation_section(Metrics(metrics(table)))
    assert shown is not None
    assert shown.was_retrained


def test_the_page_has_the_section(make_report):
    data: ReportData = make_report()
    judged = data.predictions
    assert judged is not None
    nothing = np.full_like(judged.probs, 1 / 3)
    masked = AblatedPredictions(
        ("frames", "sound"), {"frames": nothing, "sound": judged.probs, "shuffled": nothing}, np.arange(60)
    )
    scores = evaluation_metrics(
        judged, None, seed=0, split="test", modalities=masked.modalities, ablation=masked
    )  # fmt: skip
    page = render_report(replace(data, metrics=Metrics(scores)))
    assert 'id="modalities"' in page
    assert 'href="#modalities"' in page
    assert page.count('class="bars ablation"') == 2
    assert "Sound helps" in page
    assert "Sound alone" in page
    assert 'id="modalities"' not in render_report(data)


def test_errors_are_shorter_when_better():
    table = {
        "frames+sound": {"mae": 2.0, "mae_ci95": [1.5, 2.5]},
        "frames": {"mae": 3.5, "mae_ci95": [3.0, 4.0], "difference_ci95": [-1.8, -1.2]},
        "sound": {"mae": 1.0, "mae_ci95": [0.8, 1.2], "difference_ci95": [0.4, 0.6]},
    }
    baselines = {"majority": {"mae": 4.0, "mae_ci95": [3.5, 4.5]}}
    shown = ablation_section(
        Metrics({"task": "regression", "labels": ["speed"], "modalities": table, "baselines": baselines})
    )
    assert shown is not None
    assert shown.error
    whole, frames, sound = shown.parts
    assert (whole.percent, frames.percent) == ("2", "3.5")
    assert (frames.difference, sound.difference) == ("1.2 to 1.8 worse", "0.4 to 0.6 better")
    assert frames.high < shown.floor + 10 <= 110
    assert 0 < sound.value < whole.value < frames.value < shown.floor
