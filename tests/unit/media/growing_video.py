"""A video whose second half is written later."""

import threading
from pathlib import Path


def write_the_rest_later(path: Path, mark: Path, seconds: float) -> None:
    """Cut a file in half; the other half comes after a while, and then the mark goes away."""
    content, size = path.read_bytes(), path.stat().st_size // 2
    path.write_bytes(content[:size])
    mark.touch()

    def write() -> None:
        with path.open("ab") as target:
            target.write(content[size:])
        mark.unlink()

    threading.Timer(seconds, write).start()
