"""What the repository cites lies in it: no page and no comment names a file or an issue that a stranger cannot read."""

import re
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
# The default of REELWISE_REAL_DATA is the one path outside; docs/contributing/real-videos.md says how to fill it.
ALLOWED = {"tests/conftest.py", "docs/contributing/real-videos.md", "tests/docs/test_stands_alone.py"}
OUTSIDE = re.compile(r"\.\./shared|\b(STYLE|RELIABILITY|DESIGN|LAYOUT|BRIEF)(\.md|\b \d)|\bissue \d")


def test_nothing_outside_is_cited():
    listing = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    names = [name for name in listing.stdout.split() if Path(name).suffix in (".md", ".py", ".yml", ".cff", "")]
    citations = [
        f"{name}: {match[0]}"
        for name in names
        if name not in ALLOWED and (REPOSITORY / name).is_file()
        for match in OUTSIDE.finditer((REPOSITORY / name).read_text(encoding="utf-8"))
    ]
    assert citations == []
