"""The image features of every video of a data set, made once and kept in the cache."""

from dataclasses import replace

import keras

from reelwise.core.modalities import ImageInput
from reelwise.core.progress import Progress
from reelwise.jobs.runs.decoding import VideoSet
from reelwise.models.image_extractor import ImageExtractor

_RECORDS_AT_ONCE = 128
"""Whose stills lie on the disk at the same time: 80 MB. Chosen by reasoning."""


def extract_images(video_set: VideoSet, images: ImageInput, threads: int | None, progress: Progress) -> VideoSet:
    """The same videos with their image features; those that are not in the cache are decoded again for their stills.

    Args:
        video_set: Frames, decoded.
        images: Stills and network.
        threads: Decoding processes; None for one per core.
        progress: Shows how far it is.

    Raises:
        VideoError: A video cannot be decoded any more.
        ModelFileError: This version of Reelwise does not have the network.
    """
    progress.stage("image features")
    extractor, backend, cache = ImageExtractor(images), keras.backend.backend(), video_set.cache
    records = video_set.dataset.records
    missing = [record for record in records if cache.read_features(record, images, backend) is None]
    num_done = len(records) - len(missing)
    progress.update(num_done, len(records), "videos")
    for start in range(0, len(missing), _RECORDS_AT_ONCE):
        part = missing[start : start + _RECORDS_AT_ONCE]
        failures = cache.fill_stills(part, images, num_workers=threads).failures
        if failures:
            raise next(iter(failures.values()))
        features = []
        for record in part:
            features.append((record, extractor.features(cache.open(record, images.decode).frames)))
            num_done += 1
            progress.update(num_done, len(records), "videos")
        cache.replace_stills(features, images, backend)
    return replace(video_set, images=images, images_backend=backend)
