"""The guide to `reelwise check` explains every finding."""

import re
from pathlib import Path

from reelwise.datasets.doctor.findings import FindingKind

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "check.md"


def test_every_finding_has_one_row_of_three_cells():
    rows = [line.strip("|").split("|") for line in GUIDE.read_text().splitlines() if line.startswith("| `")]
    assert {len(row) for row in rows} == {3}
    assert sorted(re.findall(r"`(\w+)`", row[0])[0] for row in rows) == sorted(FindingKind)
