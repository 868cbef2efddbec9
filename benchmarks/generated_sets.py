"""Generated clips of moving digits as a set: without a class, and at the end of long videos."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reelwise.generation.control_clips import blur, noise_clips, shuffle_time
from reelwise.metrics.set_distances import KERNEL, MIN_CLIPS, TooFewClips, set_distance
from targets import Target


def untrained_features(training_clips: np.ndarray) -> Any:
    """The features behind ``kvd[random]`` of a run, in the deviations of these training clips.

    Args:
        training_clips: (N, T, S, S, 3) uint8.
    """
    from reelwise.jobs.generator.clip_features import RANDOM, clip_features, random_network
    from reelwise.jobs.generator.plan import plan_generators
    from reelwise.jobs.runs.options import TrainOptions

    (plan,) = plan_generators(TrainOptions("digits", model="flowdit:nano"))
    return clip_features(RANDOM, random_network(plan), training_clips)


def without_class(sampler: Any, features: Any, real: np.ndarray, seed: int) -> tuple[dict[str, float], list[Target]]:
    """The kernel distance of clips of no class from real test clips, beside those of spoilt real clips.

    Args:
        sampler: Of the trained network.
        features: From clips.
        real: (N, T, S, S, 3) uint8, one clip of each test video.
        seed: Of the intervals.
    """
    from reelwise.generation.flow_sampler import SampleRequest

    if len(real) < MIN_CLIPS:
        return {}, []
    clips = sampler.sample([SampleRequest(number) for number in range(MIN_CLIPS)])
    of_real = features(real)
    groups = [str(number) for number in range(len(real))]
    distance = set_distance(KERNEL, of_real, features(clips), groups, seed)
    if isinstance(distance, TooFewClips):
        raise TypeError("there are enough clips of each kind")
    figures = {"kvd": distance.value, "floor": distance.floor.highest}
    controls = {
        "time_shuffled": shuffle_time(real, seed),
        "blurred": blur(real),
        "noise": noise_clips(clips.shape, seed),
    }
    figures |= {name: KERNEL.distance(of_real, features(spoilt)) for name, spoilt in controls.items()}
    print("without class: " + ", ".join(f"{name} {value:.3f}" for name, value in figures.items()))
    names = ("time_shuffled", "blurred")
    return figures, [
        Target(f"kvd under that of {name} clips", figures[name] - figures["kvd"], 0.0, True) for name in names
    ]


def end_of_long_videos(features: Any, ends: np.ndarray, real: np.ndarray, seed: int) -> Target:
    """Whether the last frames of long videos lie nearer to real clips than to noise.

    Args:
        features: From clips.
        ends: (N, T, S, S, 3) uint8, the last frames of each video.
        real: (M, T, S, S, 3) uint8.
        seed: Of the noise.
    """
    of_ends = features(ends)
    noise = features(noise_clips(ends.shape, seed))
    from_real, from_noise = KERNEL.distance(features(real), of_ends), KERNEL.distance(noise, of_ends)
    print(
        f"four times the length: the end lies {from_real:.2f} from real clips and {from_noise:.2f} from noise (kernel"
        " distance)"
    )
    # The distance from real clips may be 0 and less, which no ratio bears.
    return Target("end of 4 x the length: farther from noise than from real clips", from_noise - from_real, 0.0, True)


def first_window(sampler: Any, videos: np.ndarray, num_given: int) -> np.ndarray:
    """The first frames that are drawn behind a whole given clip.

    Args:
        sampler: Of the trained network.
        videos: (N, 3 / 2 T, S, S, 3) uint8, real ones.
        num_given: T, the length of a clip.

    Returns:
        (N, T / 2, S, S, 3) uint8.
    """
    from reelwise.generation.flow_sampler import SampleRequest

    num_frames = videos.shape[1]
    requests = [SampleRequest(number, None, _given(video, num_given)) for number, video in enumerate(videos)]
    longer = sampler.extend_all(requests, num_frames)
    if not np.array_equal(longer[:, :num_given], videos[:, :num_given]):
        raise SystemExit("extend: given frames were changed")
    return longer[:, num_given:]


def _given(video: np.ndarray, num_given: int) -> dict[int, np.ndarray]:
    return dict(enumerate(video[:num_given]))


def whole_videos(videos: Sequence[Any], num_frames: int, num_videos: int) -> np.ndarray:
    """(N, T, S, S, 3) uint8: the first frames of some videos.

    Args:
        videos: Decoded.
        num_frames: T.
        num_videos: N.
    """
    return np.stack([np.asarray(video.frames[:num_frames]) for video in videos[:num_videos]])
