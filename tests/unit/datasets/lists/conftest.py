"""Folders of files that begin as videos do, for lists that name them."""

import pytest

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(40)


@pytest.fixture
def put(tmp_path):
    """Writes videos of these names into a folder, and gives that."""
    root = tmp_path / "alone" / "data"  # the folder above a list is searched, too

    def make(*names):
        for name in names:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(MP4)
        return root

    return make
