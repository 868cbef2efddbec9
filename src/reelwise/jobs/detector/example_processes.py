"""The processes that make training examples side by side, seen from the process that wants them.

They are started as a module of their own: what Python's multiprocessing starts would run the user's script again, and
who kills one for its memory would leave the others waiting for ever.
"""

import queue
import subprocess
import threading
from contextlib import suppress
from typing import Self

from reelwise.core.errors import CacheError
from reelwise.media.workers.start_module import start_module

MODULE = "reelwise.jobs.detector.example_worker"


class ExampleProcesses:
    """Some processes at work; they start with the block, and leaving it ends those that still run.

    Args:
        job: The pickled arguments of ``make_part`` without its numbers; from this process, and read by none but its
            children.
        num_processes: Each makes every n-th example.
    """

    def __init__(self, job: bytes, num_processes: int) -> None:
        self._job = job
        self._num_processes = num_processes
        self._messages: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        try:
            for place in range(self._num_processes):
                process = start_module(MODULE, str(place), str(self._num_processes))
                self._processes.append(process)
                threading.Thread(target=self._talk, args=(process,), daemon=True).start()
        except BaseException:  # such as no more processes: those that were started would work on
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            if process.poll() is None:
                process.kill()
            process.wait()

    def wait(self, seconds: float) -> int:
        """How many more examples are done, 0 or 1, after so long at most.

        Raises:
            CacheError: A process ended in the middle of its work.
        """
        try:
            message = self._messages.get(timeout=seconds)
        except queue.Empty:
            return 0
        if message is None:
            raise CacheError("a process that made training examples was ended.", hint="Try again with fewer --threads.")
        return message

    def _talk(self, process: subprocess.Popen[bytes]) -> None:
        """Hand the job over, and count what comes back."""
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the process has no pipes")
        with suppress(OSError, ValueError), process.stdin as pipe:
            pipe.write(self._job)
        with suppress(OSError, ValueError), process.stdout as pipe:
            while pipe.read(1):
                self._messages.put(1)
        if process.wait():
            self._messages.put(None)
