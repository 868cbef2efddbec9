"""What ``info`` says of things that are no video, model or run."""

import json

from reelwise.jobs.info import info_job
from reelwise.jobs.options import InfoOptions


def test_a_folder_without_a_run(tmp_path):
    found = info_job(InfoOptions(tmp_path))
    assert (found["kind"], found["status"]) == ("run", "refused")
    assert "not a run of Reelwise" in found["reason"]


def test_a_reason_does_not_repeat_the_name(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    found = info_job(InfoOptions(tmp_path / "notes.txt"))
    assert found["status"] == "refused"
    assert "notes.txt" not in found["reason"]


def test_a_failed_run_says_why(tmp_path):
    (tmp_path / "run.json").write_text(json.dumps({"status": "failed", "error": "only one class"}))
    found = info_job(InfoOptions(tmp_path))
    assert found["run"]["error"] == "only one class"
    assert found["warnings"]
