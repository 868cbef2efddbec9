"""A data set with the tags of its files among the metadata."""

from collections.abc import Mapping
from dataclasses import replace

from reelwise.core.video import VideoFacts
from reelwise.core.video_metadata import facts_metadata
from reelwise.datasets.dataset import Dataset


def with_tags(dataset: Dataset, facts: Mapping[str, VideoFacts]) -> Dataset:
    """The data set with what its files say of themselves among the metadata; what a list says wins.

    Args:
        dataset: As read.
        facts: By ``Record.name``, as ``CacheFill.facts`` has them; records without are left as they are.
    """
    records = tuple(
        replace(record, metadata=facts_metadata(facts[record.name]) | record.metadata)
        if record.name in facts
        else record
        for record in dataset.records
    )
    return replace(dataset, records=records)
