import signal
import subprocess
import sys
import threading

import pytest

from reelwise.core.errors import Interrupted
from reelwise.core.interrupt import listen_for_stop


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_first_signal_is_a_request_and_handlers_are_put_back(number, code):
    before = signal.getsignal(number)
    with listen_for_stop() as stop:
        assert not stop
        signal.raise_signal(number)
        assert stop
        error = stop.error("stopped.", "Go on.")
    assert isinstance(error, Interrupted)
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


def test_another_thread_catches_nothing():
    seen = []
    before = signal.getsignal(signal.SIGINT)

    def work():
        with listen_for_stop() as stop:
            seen.append((bool(stop), signal.getsignal(signal.SIGINT) is before))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [(False, True)]
