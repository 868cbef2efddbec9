"""Many maps at once: more than a process may have open at first."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
import resource, sys
from pathlib import Path
from reelwise.cache.flat_map import map_file
from reelwise.core.errors import CacheError

soft, hard = map(int, sys.argv[2:4])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
path = Path(sys.argv[1])
try:
    maps = [map_file(path, 3) for _ in range(300)]
    print(sum(int(one[0]) for one in maps))
except CacheError as error:
    print(error.message)
"""


@pytest.mark.skipif(os.name == "nt", reason="sets RLIMIT_NOFILE, which Windows does not have")
@pytest.mark.parametrize(("hard", "answer"), [(1024, "300"), (200, "more videos are used at once")])
def test_the_limit_of_open_files_is_raised_where_it_may_be(tmp_path, hard, answer):
    (tmp_path / "x").write_bytes(bytes([1, 2, 3]))
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "x"), "200", str(hard)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(answer)
