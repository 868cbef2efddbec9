import signal
import subprocess
import sys
import threading

import pytest

from reelwise.core.errors import Interruption
from reelwise.core.interrupt import (
    StoppableProgress,
    StopToken,
    Termination,
    listen_for_stop,
    token_of,
    unwind_on_terminate,
    whole_imports,
)
from reelwise.core.progress import Silent


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_first_signal_requests_a_stop_and_handlers_are_restored(number, code):
    before = signal.getsignal(number)
    with listen_for_stop() as stop:
        assert not stop.is_set
        signal.raise_signal(number)
        assert stop.is_set
        error = stop.error("stopped.", "Go on.")
    assert isinstance(error, Interruption)
    assert error.exit_code == code
    assert signal.getsignal(number) is before


def test_the_second_signal_ends_the_process_at_once():
    program = """
import signal
from reelwise.core.interrupt import listen_for_stop
with listen_for_stop():
    signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGTERM)
    print("on")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGTERM
    assert done.stdout == ""


def test_another_thread_handles_no_signal():
    observations = []
    before = signal.getsignal(signal.SIGINT)

    def work():
        with listen_for_stop() as stop:
            observations.append((stop.is_set, signal.getsignal(signal.SIGINT) is before))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert observations == [(False, True)]


def test_a_set_token_stops_the_work_at_its_next_step():
    token = StopToken()
    progress = StoppableProgress(Silent(), token)
    progress.stage("decode")
    progress.update(1, 2, "videos")
    token.set()
    for report in (lambda: progress.stage("train"), lambda: progress.update(2, 2, "videos")):
        with pytest.raises(Interruption, match="stopped as requested") as caught:
            report()
        assert caught.value.exit_code == 130


def test_work_that_checks_the_token_itself_decides_where_it_stops():
    token = StopToken()
    progress = StoppableProgress(Silent(), token)
    with listen_for_stop(token_of(progress)) as stop:
        token.set()
        progress.update(1, 2, "steps")
        assert stop.is_set
    with pytest.raises(Interruption):
        progress.update(2, 2, "steps")


@pytest.mark.parametrize(("number", "error"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Termination)])
def test_imports_are_whole_before_a_signal_counts(number, error):
    before = signal.getsignal(signal.SIGTERM)
    unwind_on_terminate()
    handler, steps = signal.getsignal(number), []
    try:
        with pytest.raises(error), whole_imports():
            with whole_imports():
                signal.raise_signal(number)
                steps.append("inner")
            steps.append("outer")
    finally:
        assert signal.getsignal(number) is handler
        signal.signal(signal.SIGTERM, before)
    assert steps == ["inner", "outer"]


KERAS_INTERRUPTED = """
import signal, sys
from importlib.abc import MetaPathFinder
class Interrupting(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == "keras.src.layers.core":
            sys.meta_path.remove(self)
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
from reelwise.core.backend import start_backend
try:
    start_backend()
except KeyboardInterrupt:
    print("interrupted")
start_backend()
import keras
print(float(keras.ops.sum(keras.layers.Dense(1, kernel_initializer="ones")(keras.ops.ones((1, 2))))))
"""


def test_a_session_goes_on_after_ctrl_c_while_keras_loads():
    command = [sys.executable, "-c", KERAS_INTERRUPTED]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["interrupted", "2.0"], done.stderr[-2000:]
