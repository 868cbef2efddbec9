import signal
import subprocess
import sys
import threading

import pytest

from reelwise.core.errors import Interruption
from reelwise.core.interrupt import StoppableProgress, StopToken, listen_for_stop, token_of
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
