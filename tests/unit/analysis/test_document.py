"""analysis.json: what is written is read again, and nothing else is."""

import json
from pathlib import Path

import pytest

from reelwise.analysis.document import analysis_text, read_analysis
from reelwise.analysis.results import Analysis
from reelwise.core.errors import DataError


def test_what_is_written_is_read_again(analysis: Analysis, tmp_path: Path) -> None:
    (tmp_path / "analysis.json").write_text(analysis_text(analysis), encoding="utf-8")
    assert read_analysis(tmp_path) == analysis


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda value: value.update(schema="reelwise/run/1"), "no document of reelwise/analysis/1"),
        (lambda value: value["media"].update(num_frames="many"), "media.num_frames"),
        (lambda value: value["tracks"][0]["items"][0].pop("start"), "items.0.start"),
        (lambda value: value["tracks"][0]["items"][1]["transition_in"].update(type="explosion"), "transition_in.type"),
    ],
)
def test_another_document_is_refused_with_the_place(change, reason: str, analysis: Analysis, tmp_path: Path) -> None:
    value = json.loads(analysis_text(analysis))
    change(value)
    (tmp_path / "analysis.json").write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(DataError, match=reason):
        read_analysis(tmp_path)


@pytest.mark.parametrize("text", ["", "[" * 100_000, "[]", "\x00", '{"schema": NaN}', '{"schema": 1e999}'])
def test_no_json_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "analysis.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"not JSON|no document"):
        read_analysis(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_analysis(tmp_path)
