"""The sound is decoded beside the frames, and may be ended at any moment."""

import threading

from reelwise.analysis import sound_source
from reelwise.analysis.sound_source import SoundSource


def test_it_may_be_closed_by_another_thread_before_its_own_has_started(tmp_path, monkeypatch):
    source = SoundSource(tmp_path / "gone.mp4", tmp_path)

    class LateThread(threading.Thread):
        """Closes the source where the thread is made and not yet started."""

        def start(self) -> None:
            source.close()
            super().start()

    monkeypatch.setattr(sound_source.threading, "Thread", LateThread)
    runs = []
    monkeypatch.setattr(source._pool, "run", lambda tasks: iter(runs.append(tasks) or ()))
    source.start()
    monkeypatch.undo()
    assert source.sound() is None
    assert not runs, "a closed source decodes"
    assert source.missing == "the sound was not decoded to its end."
