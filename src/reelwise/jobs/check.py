"""The dataset doctor, with the cache and the settings that training would use."""

from reelwise.cache.folder import cache_root
from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.core.progress import Progress
from reelwise.datasets.doctor.check import SplitOptions, check
from reelwise.datasets.doctor.findings import CheckReport
from reelwise.datasets.reading import read_dataset
from reelwise.jobs.runs.frame_rate import with_frame_rate
from reelwise.jobs.runs.option_checks import check_data, check_numbers
from reelwise.jobs.runs.options import CheckOptions
from reelwise.jobs.runs.synthetic_data import data_folder
from reelwise.models.catalogue import choose_auto, find_entry


@with_frame_rate
def check_job(options: CheckOptions, progress: Progress) -> CheckReport:
    """Examine a data set; its decoded frames stay in the cache for the training that follows.

    Raises:
        DataError: There is no list or folder to examine.
    """
    check_numbers(options)
    check_data(options.data)
    root = cache_root(options.cache_dir)
    data = data_folder(options.data, root, options.seed, progress)
    dataset = read_dataset(data, label_from=options.label_from, group=options.group, strict=False, task=options.task)
    entry = find_entry(choose_auto(len(dataset.records), max(1, len(dataset.labels))))
    return check(
        dataset,
        FrameCache(root, options.cache_gb),
        DecodeSettings(size=entry.preset(None).clip.decode_size),
        split=SplitOptions(options.seed, options.splits, options.no_join),
        num_workers=options.threads,
        progress=progress,
    )
