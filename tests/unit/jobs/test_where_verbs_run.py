"""The verbs in a thread, in a running event loop, and in a script without ``if __name__ == "__main__"``."""

import asyncio
import subprocess
import sys
import threading

import pytest

import reelwise as rw
from reelwise.core.progress import Silent

SCRIPT = """
import sys
import reelwise as rw
clips, folder = sys.argv[1:]
run = rw.train(clips, out=folder + "/run", cache_dir=folder + "/cache", model="cnn", size=32, num_frames=8, epochs=1,
               batch_size=6, modalities="frames", no_refit=True, threads=2)
print("done", len(rw.predict(run.path, clips + "/up")))
"""


class SetsTheToken(Silent):
    """Asks to stop in the first step of the stage that is named."""

    def __init__(self, token: rw.StopToken, title: str) -> None:
        self.token, self.title, self.current = token, title, ""

    def stage(self, title: str) -> None:
        self.current = title

    def update(self, done: float, total: float, unit: str, note: str = "") -> None:
        if self.current.startswith(self.title):
            self.token.set()


def in_a_thread(call) -> object:
    """What a call gives in a thread that is not the main one; an exception is given, not raised."""
    results = []

    def work() -> None:
        try:
            results.append(call())
        except rw.ReelwiseError as problem:
            results.append(problem)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return results[0]


@pytest.mark.backend
def test_a_training_in_a_thread_is_cancelled_and_resumed_to_the_same_numbers(tested, tiny_train, tmp_path):
    token = rw.StopToken()
    stopped = in_a_thread(lambda: tiny_train(stop=token, progress=SetsTheToken(token, "train")))
    assert isinstance(stopped, rw.Interruption), stopped
    assert "its state is saved" in stopped.message
    assert rw.info(tmp_path / "run")["run"]["status"] == "interrupted"
    run = in_a_thread(lambda: tiny_train(resume=True))
    assert run.metrics == tested.metrics


@pytest.mark.parametrize("title", ["decode", "evaluate"])
def test_a_training_is_cancelled_in_other_stages_too(tiny_train, tmp_path, title):
    token = rw.StopToken()
    with pytest.raises(rw.Interruption, match="stopped as requested"):
        tiny_train(stop=token, progress=SetsTheToken(token, title), cache_dir=tmp_path / "cache", epochs=1)
    assert rw.info(tmp_path / "run")["run"]["status"] == "interrupted"


def test_prediction_and_check_are_cancelled_between_two_videos(tested, clips, tmp_path):
    for verb, arguments, title in ((rw.predict, (tested.path, clips), "predict"), (rw.check, (clips,), "")):
        token = rw.StopToken()
        with pytest.raises(rw.Interruption):
            verb(*arguments, stop=token, progress=SetsTheToken(token, title), cache_dir=tmp_path / "cache")


def test_verbs_run_where_an_event_loop_runs_as_in_a_notebook(tested, clips):
    async def cell() -> int:
        return len(rw.predict(tested.path, clips / "up")) + len(rw.check(clips).labels)

    assert asyncio.run(cell()) == 6 + 3


def test_a_script_needs_no_main_guard(clips, tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    command = [sys.executable, "script.py", str(clips), str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == "done 6\n"
