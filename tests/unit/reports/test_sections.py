from reelwise.evaluation.verdict import verdict
from reelwise.reports.sections import (
    badge,
    calibration,
    class_rows,
    comparison,
    confused_pairs,
    confusion_table,
    curves,
    headline,
)
from reelwise.tasks.metrics import ClassificationMetrics, Metrics
from reelwise.training.objective import Metric

METRICS = (Metric("loss", "Loss"), Metric("accuracy", "Share right", is_share=True))


def test_rivals_stand_below_the_model_best_first(make_report):
    bars = comparison(Metrics(make_report().metrics))
    assert [bar.own for bar in bars] == [True, False, False, False, False]
    values = [bar.value for bar in bars[1:]]
    assert values == sorted(values, reverse=True)
    assert all(0 <= bar.low <= bar.value <= bar.high <= 100 for bar in bars)


def test_cells_say_what_they_count():
    metrics = {"labels": ["a", "b"], "confusion": [[3, 1], [0, 0]]}
    first, second = confusion_table(ClassificationMetrics(metrics))
    assert [cell.meaning for cell in first] == ["3 of 4 “a” called “a”", "1 of 4 “a” called “b”"]
    assert [cell.style for cell in first] == ["right level-6", "wrong level-2"]
    assert [cell.style for cell in second] == ["none", "none"]


def test_mix_ups_are_sorted_and_never_on_the_diagonal():
    metrics = {"labels": ["a", "b", "c"], "confusion": [[9, 1, 0], [0, 5, 5], [2, 0, 2]]}
    pairs = [
        (pair.label, pair.prediction, pair.count, pair.share) for pair in confused_pairs(ClassificationMetrics(metrics))
    ]
    assert pairs == [("b", "c", 5, "50 %"), ("c", "a", 2, "50 %"), ("a", "b", 1, "10 %")]


def test_hardest_classes_first_and_empty_ones_last():
    entry = {"precision": 0.5, "recall": 0.5, "f1": 0.5, "support": 4}
    metrics = {
        "labels": ["none", "good", "hard"],
        "confusion": [[0, 0, 0], [0, 4, 0], [0, 4, 0]],
        "per_class": {
            "none": {**entry, "f1": 0.0, "support": 0}, "good": {**entry, "f1": 0.9}, "hard": {**entry, "f1": 0.1}
        },
    }  # fmt: skip
    rows = class_rows(ClassificationMetrics(metrics))
    assert [row.label for row in rows] == ["hard", "good", "none"]
    assert rows[0].precision is None  # never answered
    assert rows[2].recall is None  # never there


def test_cautions_stand_apart_from_the_statement(make_report):
    metrics = make_report().metrics
    statement, cautions = headline(Metrics(metrics))
    assert statement.endswith(".")
    assert statement[:-1] in metrics["verdict"]
    assert all(caution[0].isupper() or caution[0].isdigit() for caution in cautions)


def test_no_history_no_curves_and_no_predictions_no_diagram(make_bare_report):
    assert curves((), METRICS) is None
    assert calibration(make_bare_report(("a", "b"))) is None


def test_curves_of_half_a_history():
    drawing = curves([{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 1.0}], METRICS)
    assert drawing is not None
    assert [chart.title for chart in drawing.charts] == ["Loss"]
    assert not drawing.has_val


def test_curves_of_a_training_without_classes():
    """A denoiser: its columns and titles are its objective's."""
    rows = [{"epoch": epoch, "loss": 1 / epoch, "val_psnr": 20.0 + epoch} for epoch in (1, 2, 3)]
    drawing = curves(rows, (Metric("loss", "Squared error"), Metric("psnr", "PSNR in dB")))
    assert drawing is not None
    assert drawing.has_val
    assert [chart.title for chart in drawing.charts] == ["PSNR in dB", "Squared error"]
    assert "PSNR in dB over the epochs: validation from 21.00 to 23.00." in drawing.charts[0].picture


def test_a_page_on_training_videos_has_no_praise(make_report):
    metrics = {**make_report().metrics, "learned_from": 2}
    metrics["verdict"] = verdict(Metrics(metrics))
    assert badge(Metrics(make_report().metrics))[0] != "bad"
    assert badge(Metrics(metrics)) == ("bad", "Tested on videos it was trained on")
    sentence, cautions = headline(Metrics(metrics))
    assert "clearly beats" not in sentence
    assert cautions[0].startswith("The model was trained on 2 of these ")
