"""The table of `reelwise generate`: columns that say something of the samples, and no others."""

from pathlib import Path

import pytest

from reelwise.cli.generate import print_samples
from reelwise.cli.main import run
from reelwise.generation.flow_sampler import SamplerSettings
from reelwise.jobs.generate import GeneratedSamples

SOURCE = {"file": "a.mp4", "context": [{"seconds": 0.25}]}
TRUTH = {"psnr": 24.16, "psnr_copy_last": 19.9}


def table_of(capsys: pytest.CaptureFixture[str], **sample: object) -> str:
    whole = {
        "file": "sample_000.mp4",
        "num_frames": 8,
        "source": None,
        "end": None,
        "label": None,
        "truth": None,
        **sample,
    }
    manifest = {"samples": [whole], "failures": [], "grid": "grid.mp4"}
    print_samples(GeneratedSamples(Path("out"), manifest))  # pyright: ignore[reportArgumentType] - what is printed
    return capsys.readouterr().out


def test_a_class_is_no_video_and_has_no_truth(capsys):
    text = table_of(capsys, label="cat")
    assert "class" in text
    assert "cat" in text
    assert "goes on from" not in text
    assert "PSNR" not in text


def test_between_two_videos_both_are_named(capsys):
    text = table_of(capsys, source=SOURCE, end={"file": "b.mp4", "context": [{"seconds": 0.5}, {"seconds": 0.75}]})
    assert "a.mp4, 0.25 s, to b.mp4, 0.50 s" in " ".join(text.split())


def test_a_video_has_its_second_and_where_it_is_known_the_truth(capsys):
    text = table_of(capsys, source=SOURCE)
    assert "goes on from" in text
    assert "a.mp4, 0.25 s" in text
    assert "PSNR" not in text
    assert "24.2" in table_of(capsys, source=SOURCE, truth=TRUTH)


def test_without_a_class_it_is_any(capsys):
    assert "any" in table_of(capsys).split()


def test_the_rule_beside_is_the_one_of_what_was_given(capsys):
    between = {"source": SOURCE, "end": {"file": "b.mp4", "context": [{"seconds": 0.5}]}}
    text = " ".join(table_of(capsys, truth={**TRUTH, "psnr_blend": 21.5}, **between).split())
    assert "linear blend" in text
    assert "21.5" in text
    assert "19.9" not in text
    text = " ".join(table_of(capsys, truth={**TRUTH, "psnr_blend": None}, source=SOURCE).split())
    assert "last frame repeated" in text
    assert "19.9" in text


def test_the_help_names_the_defaults_of_the_sampler(capsys):
    assert run(["generate", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.replace("│", " ").split())
    for default in (SamplerSettings().num_steps, f"{SamplerSettings().guidance:g}", SamplerSettings().method):
        assert f"[default: {default}]" in text
