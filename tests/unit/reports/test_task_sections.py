"""The pages of labels and numbers: right names for scores, sentences that fit, no stranger's markup."""

import re
from dataclasses import replace

import numpy as np
import pytest

from reelwise.evaluation.evaluate import evaluation_metrics
from reelwise.reports.labels_section import label_rows, share_rows
from reelwise.reports.leaderboard import leaderboard_text, rank_models
from reelwise.reports.number_section import number_scale, number_section
from reelwise.reports.report_data import LeaderboardRow, ReportData
from reelwise.reports.run_report import render_report
from reelwise.reports.sections import comparison, curves
from reelwise.tasks import LabeledPredictions, find_task
from reelwise.tasks.metrics import Metrics, MultilabelMetrics, RegressionMetrics

NASTY = '<script>alert(1)</script>"\u202e&'
TASKS = ("multilabel", "regression")


@pytest.mark.parametrize("task", TASKS)
def test_a_whole_page(make_task_report, task):
    page = render_report(make_task_report(task))
    text = re.sub(r"<[^>]+>", " ", page)
    assert {"multilabel": "Label by label", "regression": "Predicted against true"}[task] in text
    assert {"multilabel": "mean average precision", "regression": "off on average"}[task] in text
    for foreign in ("mix up", "Class by class", "None", "nan", "accuracy"):
        assert foreign not in text
    assert ("Share of labels right" in text) == (task == "multilabel")
    assert text.count("Loss") == 1


@pytest.mark.parametrize("task", TASKS)
def test_no_claim_about_new_videos_where_the_model_was_trained_on_these(make_task_report, task):
    data = make_task_report(task)
    page = render_report(data), render_report(replace(data, metrics=Metrics({**data.metrics, "learned_from": 5})))
    assert ["On new videos like these" in text for text in page] == [True, False]


@pytest.mark.parametrize("task", TASKS)
def test_names_cannot_harm(make_task_report, task):
    page = render_report(make_task_report(task, NASTY))
    assert "<script" not in page
    assert "\u202e" not in page


@pytest.mark.parametrize("task", TASKS)
def test_metrics_alone_make_a_page(make_task_report, task):
    data = make_task_report(task)
    bare = evaluation_metrics(data.predictions, None, seed=0, split="test")
    page = render_report(ReportData("bare", Metrics(bare)))
    assert "carries no simple rules" in page
    assert 'class="chart' not in page


def test_labels_come_hardest_first_and_unknown_ones_last(make_task_report):
    data = make_task_report("multilabel")
    rows = label_rows(MultilabelMetrics(data.metrics))
    assert rows[0].f1 <= rows[1].f1
    assert (rows[-1].label, rows[-1].support, rows[-1].average_precision, rows[-1].recall) == ("never", 0, None, None)
    shares = share_rows(data.predictions)
    assert sum(row.share for row in shares) == pytest.approx(1)
    assert shares[0].share == pytest.approx(data.metrics["exact_match"])
    assert share_rows(None) == []


def test_bars_of_errors_are_shorter_for_better_models(make_task_report):
    bars = comparison(Metrics(make_task_report("regression").metrics))
    assert [bar.value for bar in bars] == sorted(bar.value for bar in bars)
    assert max(bar.high for bar in bars) == pytest.approx(100)
    assert bars[-1].title == "Always the middle number"
    assert "%" not in bars[0].percent


def number_metrics(truth: np.ndarray, values: np.ndarray) -> tuple[Metrics, LabeledPredictions]:
    judged = LabeledPredictions(tuple(map(str, range(len(truth)))), ("x",), truth, values[:, None], task="regression")
    return evaluation_metrics(judged, {"majority": np.full((len(truth), 1), 5.0)}, seed=0, split="test"), judged


def test_the_sentences_say_what_the_picture_shows():
    truth = np.linspace(0, 10, 60)
    rng = np.random.default_rng(0)
    close = number_section(*number_metrics(truth, truth + 0.3 * rng.normal(size=60)))
    assert "lie close to the dashed line" in close.sentences[0]
    assert len(close.sentences) == 1
    shifted = number_section(*number_metrics(truth, truth + 2))
    assert "On average its predictions are 2 too high." in shifted.sentences
    timid = number_section(*number_metrics(truth, 5 + 0.3 * (truth - 5)))
    assert any("is cautious" in sentence for sentence in timid.sentences)
    lost = number_section(*number_metrics(truth, rng.permutation(truth)))
    assert "do not follow" in lost.sentences[0]
    same = number_section(*number_metrics(np.full(9, 5.0), np.full(9, 6.0)))
    assert "All videos have the same number" in same.sentences[0]


def test_the_worst_are_named_with_their_side():
    truth = np.array([1.0, 2.0, 3.0])
    section = number_section(*number_metrics(truth, np.array([1.0, 5.0, 2.5])))
    assert [(miss.name, miss.off) for miss in section.worst] == [("1", "+3"), ("2", "\u22120.5")]
    assert dict(section.residuals)["largest error"] == "3"


def test_the_scale_holds_model_and_rule():
    metrics, _ = number_metrics(np.linspace(0, 10, 20), np.linspace(0, 10, 20) + 1)
    scale = number_scale(RegressionMetrics(metrics))
    assert 0 < scale.value < (scale.floor or 0) < 100
    perfect, _ = number_metrics(np.full(9, 5.0), np.full(9, 5.0))
    assert number_scale(RegressionMetrics(perfect)).value == 0


def test_curves_without_accuracy(make_task_report):
    report = make_task_report("regression")
    drawing = curves(report.history, report.history_metrics)
    assert drawing is not None
    assert [chart.title for chart in drawing.charts] == [find_task("regression").wording.loss_curve]


def test_of_errors_the_smallest_leads():
    rows = [
        LeaderboardRow("far", 4.25, (3.0, 5.0), score=find_task("regression").score),
        LeaderboardRow("near", 1.5, (1.0, 2.0), score=find_task("regression").score),
    ]
    assert [row.name for row in rank_models(rows)] == ["near", "far"]
    text = leaderboard_text(rows)
    assert "mae" in text
    assert "1 to 2" in text
    assert "%" not in text
