from dataclasses import replace

import numpy as np
import pytest
from predicted_clips import predicted_digits

from reelwise.metrics.frame_errors import frame_errors
from reelwise.metrics.frame_metrics import frame_metrics
from reelwise.reports.frames_section import FramesReport, frames_section
from reelwise.reports.run_report import SECTIONS, render_report
from reelwise.tasks import find_task

PLENTY = 3_500_000


@pytest.fixture(scope="module")
def digits() -> FramesReport:
    return predicted_digits()


@pytest.fixture
def make_frames_report(make_task_report, monkeypatch):
    """A report whose task shows frames: any task, since the section looks at no other metrics."""
    monkeypatch.setattr(type(find_task("regression")), "report_section", "frames")

    def make(frames: FramesReport | None):
        return replace(make_task_report("regression"), frames=frames, examples=())

    return make


def test_the_model_comes_first_and_says_how_far_ahead_it_is(digits):
    section = frames_section(digits, PLENTY)
    assert section.rows[0].own
    assert section.rows[0].ahead == "–"
    assert all(row.ahead.startswith("+") for row in section.rows[1:])
    assert section.sentences[0].startswith("This model is at the first predicted frame ")
    assert "above the best rule there" in section.sentences[0]


def test_figures_are_those_of_the_metrics(digits):
    row, metrics = frames_section(digits, PLENTY).rows[1], digits.rows[1].metrics
    assert row.psnr == f"{metrics.psnr:.2f}"
    assert (row.first, row.last) == (f"{metrics.psnr_by_frame[0]:.1f}", f"{metrics.psnr_by_frame[-1]:.1f}")
    assert (row.mse, row.mse_summed) == (f"{metrics.mse:.5f}", f"{metrics.mse_summed:.2f}")


def test_a_model_behind_a_rule_is_told_so(digits):
    own, *rules = digits.horizon.items()
    worse = {own[0]: tuple(value - 20 for value in own[1])} | dict(rules)
    assert "below the best rule there" in frames_section(replace(digits, horizon=worse), PLENTY).sentences[0]


def test_the_psnr_of_a_clip_stands_under_its_title(digits):
    clip = digits.clips[0]
    column = frames_section(digits, PLENTY).clips[0].columns[1]
    errors = frame_errors(clip.truth[None], clip.predictions[0].frames[None], clip.context[None, -1])
    assert column.own
    assert column.psnr == f"{frame_metrics(errors).psnr:.1f} dB"


def test_clips_beyond_the_bytes_of_the_page_are_counted(digits):
    all_clips = frames_section(digits, PLENTY)
    assert (len(all_clips.clips), all_clips.num_omitted) == (6, 0)
    few = frames_section(digits, 150_000)
    assert 0 < len(few.clips) < 6
    assert len(few.clips) + few.num_omitted == 6
    assert frames_section(digits, 0).num_omitted == 6


def test_at_most_five_clips_side_by_side(digits):
    clip = replace(digits.clips[0], predictions=digits.clips[0].predictions * 3)
    assert len(frames_section(replace(digits, clips=(clip,)), PLENTY).clips[0].columns) == 5


def test_one_predicted_frame_has_no_curve():
    section = frames_section(predicted_digits(6, num_targets=1), PLENTY)
    assert section.horizon is None
    assert section.sentences == ()


def test_three_clips_have_no_interval():
    section = frames_section(predicted_digits(3), PLENTY)
    assert {row.interval for row in section.rows} == {"–"}


def test_without_intervals_their_columns_are_left_out_and_one_sentence_says_why(make_frames_report):
    page, few = (render_report(make_frames_report(predicted_digits(number))) for number in (6, 3))
    for text in ("Model ahead", "model ahead, dB", "beside the best simple rule"):
        assert text in page
        assert text not in few
    assert "test clips of at least 4 videos or groups" not in page
    assert "There are no intervals, which take test clips of at least 4 videos or groups." in few
    assert "<dd>–</dd>" not in few
    table = few[few.index('class="rows predictor-rows"') :]
    head, body = table.split("</thead>")[0], table.split("<tbody>")[1]
    first_row = body.split("</tr>")[0]
    assert head.count("<th ") == first_row.count("<th ") + first_row.count("<td ") == 7


def test_perfect_and_black_frames_are_shown():
    black = np.zeros((6, 16, 32, 32, 3), np.uint8)
    metrics = frame_metrics(frame_errors(black[:, 8:], black[:, 8:], black[:, 7]))
    digits = predicted_digits(6)
    rows = tuple(replace(row, metrics=metrics) for row in digits.rows)
    horizon = dict.fromkeys(digits.horizon, metrics.psnr_by_frame)
    section = frames_section(replace(digits, rows=rows, horizon=horizon), PLENTY)
    assert section.still == "100 %"
    assert "100.00" in section.rows[0].psnr
    assert "nan" not in str(section.horizon)


def test_the_page_has_the_section(make_frames_report, digits):
    page = render_report(make_frames_report(digits))
    for heading in ("Watch it predict", "How far ahead can it see?", "Model and simple rules in figures"):
        assert f"<h2>{heading}</h2>" in page
    assert page.count("data:image/webp") == 6 * 5  # the animation and a row of each of the four clips
    assert len(page) < 1_500_000


def test_large_clips_keep_the_page_under_five_megabytes(make_frames_report):
    noise = np.random.default_rng(0).integers(0, 256, (32, 128, 128, 3), np.uint8)
    digits = predicted_digits(6)
    clip = digits.clips[0]
    noisy = replace(
        clip, context=noise[:16], truth=noise[16:], predictions=tuple(replace(p, frames=noise[:16]) for p in
                                                                     clip.predictions)
    )  # fmt: skip
    page = render_report(make_frames_report(replace(digits, clips=(noisy,) * 12)))
    assert len(page) < 5_000_000
    assert "more would make this page too large" in page


def test_without_frames_the_figures_are_a_table(make_frames_report):
    page = render_report(make_frames_report(None))
    assert "Watch it predict" not in page
    assert "<dl class" in page


def test_hostile_titles_stay_text(make_frames_report):
    page = render_report(make_frames_report(predicted_digits(6, prefix="<script>alert(1)</script>\u202e\"'>")))
    assert "<script" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;" in page


def test_the_section_is_listed():
    assert "frames" in SECTIONS
