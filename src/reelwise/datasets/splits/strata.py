"""Strata, of which every part of a split should have an equal share: classes, single labels, or ranges of numbers."""

from collections.abc import Sequence

from reelwise.core.records import Record
from reelwise.datasets.splits.stratify import Samples, make_samples
from reelwise.tasks import find_task


def make_strata(records: Sequence[Record], units: Sequence[str], task: str) -> Samples:
    """Records as samples for stratifying, by what the task makes of their labels.

    Args:
        records: In an order that does not depend on the disk.
        units: The unit of each.
        task: Name of one of ``tasks.TASKS``.
    """
    strata = find_task(task).strata([record.label for record in records])
    samples = make_samples(strata.names, units)
    return Samples(samples.labels, samples.units, strata.marks, strata.is_needed)
