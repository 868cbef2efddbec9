"""Notes, timings and run.json of one run."""

import json

from reelwise.core.backend import choose_backend
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.folder import start_run


def test_a_note_is_kept_and_logged_once(tmp_path, listener):
    context = RunContext(tmp_path, choose_backend(), 0, listener)
    for _ in range(2):
        context.note("one thing")
        context.warn("one danger")
        context.note("")
    assert context.notes == ["one thing", "one danger"]


def test_run_json_keeps_what_stands_there_and_forgets_an_error(tmp_path, listener):
    start_run(tmp_path / "run", {"data": "clips"}, resume=False)
    context = RunContext(tmp_path / "run", choose_backend(), 7, listener)
    with context.measure("scan"):
        pass
    context.save("failed", error="no room")
    context.save("finished", leaderboard=[])
    document = json.loads((tmp_path / "run" / "run.json").read_text())
    assert (document["status"], document["configuration"], document["seed"]) == ("finished", {"data": "clips"}, 7)
    assert "error" not in document
    assert set(document["timings"]) == {"scan"}
