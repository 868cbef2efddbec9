"""Plants faults in a copy of the tree, one at a time, and says which of them the tests do not see.

``scripts/mutants`` calls it. Most let data leak into what is fitted, chosen, calibrated or normalised; the others make
an interval, a weight or a file say more than it should. Arguments are parts of names or paths, as in
``scripts/mutants folds``. The tests must first pass without a fault, or their failure would prove nothing.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from planted_faults import copy_of_the_tree

_NO_TESTS = 5
"""What pytest ends with where it found no test."""

CLASSIFIER = "src/reelwise/jobs/classifier/"
LEAKS = "tests/unit/jobs/classifier/test_leaks.py"
PREPARE = "tests/unit/jobs/classifier/test_prepare_data.py"
LINEAR = "tests/unit/evaluation/test_linear_classifier.py"
INTERVALS = "tests/unit/metrics/test_cluster_intervals.py"
FILES = "tests/unit/core/test_files.py"
CLIPS = "tests/unit/sampling/test_clips.py"


@dataclass(frozen=True)
class Mutant:
    """One fault.

    Args:
        name: What is wrong with it.
        path: The file that it is planted in.
        changes: Pairs of a text that stands there once, and what takes its place.
        tests: Test files that must see it.
    """

    name: str
    path: str
    changes: tuple[tuple[str, str], ...]
    tests: tuple[str, ...]


def mutant(name: str, path: str, old: str, new: str, *tests: str) -> Mutant:
    """A fault of one change."""
    return Mutant(name, path, ((old, new),), tests)


MUTANTS = (
    # What calibrates, and on which videos.
    Mutant(
        "a split is calibrated on its test videos",
        f"{CLASSIFIER}split_run.py",
        (
            ("network.head_outputs[:num_validation],", "network.head_outputs[num_validation:],"),
            ("data.y[list(split.validation)]", "data.y[list(split.test)]"),
            ("for i in split.validation]", "for i in split.test]"),
        ),
        (LEAKS,),
    ),
    mutant(
        "a fold is calibrated on itself",
        "src/reelwise/evaluation/calibrate.py",
        "np.flatnonzero(~in_fold)",
        "np.flatnonzero(in_fold)",
        "tests/unit/evaluation/test_calibrate.py",
    ),
    mutant(
        "a fold is calibrated on all videos",
        "src/reelwise/evaluation/calibrate.py",
        "np.flatnonzero(~in_fold)",
        "np.arange(num_videos)",
        "tests/unit/evaluation/test_calibrate.py",
    ),
    mutant(
        "a threshold for unsure is fitted on segments of one file",
        "src/reelwise/evaluation/calibrate.py",
        "task.fit_unsure_below(targets, probs, units)",
        "task.fit_unsure_below(targets, probs)",
        "tests/unit/evaluation/test_calibrate.py",
    ),
    # What baselines are fitted on, and how their strength is chosen.
    mutant(
        "baselines of folds see all videos",
        f"{CLASSIFIER}folds_run.py",
        "sorted(split.train + split.validation)",
        "range(len(job.data))",
        LEAKS,
    ),
    mutant(
        "baselines of a split see its test videos",
        f"{CLASSIFIER}split_run.py",
        "fit_job_baselines(job, split.train)",
        "fit_job_baselines(job, sorted(split.train + split.test))",
        LEAKS,
    ),
    mutant(
        "test videos are asked whether clips may be mirrored",
        f"{CLASSIFIER}model_job.py",
        "return self.mirroring.trial(train_indices)",
        "return self.mirroring.trial(range(len(self.data)))",
        LEAKS,
    ),
    mutant(
        "what may be mirrored is learned from the videos that are asked",
        "src/reelwise/evaluation/mirror_trial.py",
        "    train, test = fold\n",
        "    test = train = fold[1]\n",
        "tests/unit/evaluation/test_mirror_trial.py",
    ),
    mutant(
        "inner folds are normalised over their test videos",
        "src/reelwise/evaluation/linear_classifier.py",
        "*moments(features[train]), degree)\n    basis",
        "*moments(features), degree)\n    basis",
        LINEAR,
    ),
    mutant(
        "inner folds of numbers and labels are normalised over their test videos",
        "src/reelwise/evaluation/linear_tasks.py",
        "*moments(features[train]), degree)",
        "*moments(features), degree)",
        "tests/unit/evaluation/test_tasks.py",
    ),
    mutant(
        "inner folds split groups",
        "src/reelwise/evaluation/linear_classifier.py",
        "splitter.split(codes, y, codes)",
        "splitter.split(codes, y, np.arange(len(y)))",
        LINEAR,
    ),
    mutant(
        "the strength is chosen without groups",
        "src/reelwise/evaluation/linear_classifier.py",
        "group_codes(groups, len(y))[sample]",
        "np.arange(len(y))[sample]",
        LINEAR,
    ),
    mutant(
        "the strength for numbers and labels is chosen without groups",
        "src/reelwise/evaluation/linear_tasks.py",
        "codes = group_codes(groups, len(targets))[sample]",
        "codes = np.arange(len(targets))[sample]",
        "tests/unit/evaluation/test_tasks.py",
    ),
    mutant(
        "baselines choose their strength without the units of the split",
        f"{CLASSIFIER}baselines.py",
        "units = [data.split_plan.units[i] for i in train_indices]",
        "units = None",
        LEAKS,
    ),
    # Statistics of the input.
    mutant(
        "statistics of the input see validation videos",
        f"{CLASSIFIER}model_job.py",
        "job.fit_contract(training.train_indices)",
        "job.fit_contract(training.indices)",
        LEAKS,
    ),
    mutant(
        "the head on image features is fitted on validation videos too",
        f"{CLASSIFIER}model_job.py",
        "fit_image_head(data, contract, training.train_indices, training.seed)",
        "fit_image_head(data, contract, training.indices, training.seed)",
        "tests/unit/jobs/classifier/test_image_features.py",
    ),
    mutant(
        "the mean of a number is taken over all videos",
        f"{CLASSIFIER}fit.py",
        "target_statistics(data.y[list(train_indices)])",
        "target_statistics(data.y)",
        PREPARE,
    ),
    mutant(
        "columns of metadata are fitted on all videos",
        f"{CLASSIFIER}fit.py",
        "[data.videos[i].metadata for i in train_indices]",
        "[video.metadata for video in data.videos]",
        PREPARE,
    ),
    # What training counts and how long it lasts.
    mutant(
        "classes of unequal size do not weigh alike",
        f"{CLASSIFIER}fit.py",
        "weights=find_task(contract.task).sample_weights(data.y[list(indices)], len(data.labels)),",
        "weights=None,",
        PREPARE,
    ),
    mutant(
        "the refit lasts as long as the tested training",
        f"{CLASSIFIER}refit.py",
        "median(result.best_epoch for",
        "median(result.epochs for",
        "tests/unit/jobs/classifier/test_refit.py",
    ),
    mutant(
        "the refit chooses its own number of epochs",
        f"{CLASSIFIER}refit.py",
        "job.seed_of(REFIT_SEED), job.training_seconds, epochs)",
        "job.seed_of(REFIT_SEED), job.training_seconds)",
        "tests/unit/jobs/classifier/test_refit.py",
    ),
    mutant(
        "weight decay shrinks biases",
        "src/reelwise/training/trainee.py",
        'var_names=["bias", "gamma"',
        'var_names=["gamma"',
        "tests/unit/training/test_trainee.py",
    ),
    mutant(
        "weight decay shrinks the scales of normalisations",
        "src/reelwise/training/trainee.py",
        '["bias", "gamma", "beta", "scale"]',
        '["bias"]',
        "tests/unit/training/test_trainee.py",
    ),
    # Splits.
    mutant("copies of a recording are torn apart", f"{CLASSIFIER}prepare_data.py", "same=same)", "same=())", PREPARE),
    mutant(
        "segments of one file are torn apart",
        "src/reelwise/datasets/splits/units.py",
        'keys = [("path", str(record.path))]',
        "keys: list[tuple[str, str]] = []",
        "tests/unit/datasets/splits/test_plan.py",
    ),
    mutant(
        "the validation set is taken from rare units",
        "src/reelwise/datasets/splits/stratify.py",
        "np.isin(samples.units, samples.indispensable_units())",
        "np.zeros(len(samples.units), bool)",
        "tests/unit/datasets/splits/test_stratify.py",
    ),
    mutant(
        "validation videos of a fold are taken from its test videos",
        "src/reelwise/datasets/splits/plan.py",
        "rest = np.flatnonzero(in_order != fold)",
        "rest = np.arange(len(in_order))",
        "tests/unit/datasets/splits/test_plan.py",
    ),
    # Intervals.
    mutant(
        "intervals of training without units",
        f"{CLASSIFIER}run_files.py",
        "units=tuple(",
        "units=None and (",
        LEAKS,
    ),
    mutant(
        "intervals of an evaluation without units",
        "src/reelwise/jobs/evaluate.py",
        "        units_of(video_set),\n",
        "        None,\n",
        "tests/unit/jobs/test_evaluate.py",
    ),
    mutant(
        "units of an evaluation do not know copies",
        "src/reelwise/jobs/runs/recordings.py",
        "[recording.names for recording in _compare(video_set, threads)])",
        "[])",
        "tests/unit/jobs/test_evaluate.py",
    ),
    mutant(
        "an interval of three units",
        "src/reelwise/metrics/bootstrap.py",
        "MIN_UNITS = 4",
        "MIN_UNITS = 3",
        INTERVALS,
    ),
    mutant(
        "units are believed to be as alike as few of them show",
        "src/reelwise/metrics/cluster_intervals.py",
        "PRIOR_UNITS = ",
        "PRIOR_UNITS = 0.0 * ",
        INTERVALS,
    ),
    mutant(
        "a normal distribution in the place of t",
        "src/reelwise/metrics/student_t.py",
        "return z + sum(",
        "return z + 0 * sum(",
        INTERVALS,
    ),
    mutant(
        "the paired interval does not know units",
        "src/reelwise/metrics/cluster_intervals.py",
        "np.asarray(first, np.float64) - np.asarray(second, np.float64), units)\n\n\ndef error_interval",
        "np.asarray(first, np.float64) - np.asarray(second, np.float64), None)\n\n\ndef error_interval",
        INTERVALS,
    ),
    mutant(
        "percentiles of few units as of many",
        "src/reelwise/metrics/bootstrap.py",
        "beyond = 100 * NormalDist()",
        "beyond = 2.5 + 0 * NormalDist()",
        "tests/unit/metrics/test_bootstrap.py",
    ),
    # Clips and sound.
    mutant(
        "clips cross the holes of a long video",
        "src/reelwise/sampling/clips.py",
        "runs = (whole,) if",
        "runs = (whole,) if True or",
        CLIPS,
    ),
    mutant(
        "clips of a fixed stride cross the holes of a long video",
        "src/reelwise/sampling/clips.py",
        "return whole if len(whole) else starts",
        "return starts",
        CLIPS,
    ),
    mutant(
        "blocks of loudness do not overlap",
        "src/reelwise/features/loudness.py",
        "(running[num_steps:] - running[:-num_steps]) /",
        "(running[num_steps:] - running[:-num_steps])[::num_steps] /",
        "tests/unit/features/test_loudness.py",
    ),
    # Files.
    mutant(
        "a file is not brought to the disk",
        "src/reelwise/core/files.py",
        "        fsync_file(stream)\n    _allow",
        "        stream.fileno()\n    _allow",
        FILES,
    ),
    mutant(
        "a folder is not brought to the disk",
        "src/reelwise/core/files.py",
        "    fsync_folder(path.parent)\n",
        "",
        FILES,
    ),
    mutant(
        "a file has its name before it is on the disk",
        "src/reelwise/core/files.py",
        "        fsync_file(stream)\n    _allow_reading(temporary)\n    temporary.replace(path)\n",
        "        temporary.replace(path)\n        fsync_file(stream)\n    _allow_reading(path)\n",
        FILES,
    ),
)  # fmt: skip


def main() -> int:
    """Plant every fault, one at a time; the exit status is 1 if one was missed, or if a test fails without one."""
    wanted = [
        one for one in MUTANTS if not sys.argv[1:] or any(arg in one.name or arg in one.path for arg in sys.argv[1:])
    ]
    if not wanted:
        print(f"error: no fault has one of these in its name or path: {' '.join(sys.argv[1:])}", file=sys.stderr)
        return 2
    problems: list[str] = []
    with copy_of_the_tree() as copy:
        for tests in dict.fromkeys(one.tests for one in wanted):
            if (status := run_tests(copy, tests)) != 0:
                problems.append(f"fails without a fault (pytest ended with {status}): {' '.join(tests)}")
        for one in wanted:
            began = time.monotonic()
            with planted(one, copy):
                is_seen = run_tests(copy, one.tests) not in (0, _NO_TESTS)
            word, seconds = "seen  " if is_seen else "MISSED", time.monotonic() - began
            print(f"{word}  {one.name} ({one.path.removeprefix('src/reelwise/')}, {seconds:.0f} s)", flush=True)
            problems += [] if is_seen else [f"missed: {one.name}"]
    print("\n".join(problems) or f"all {len(wanted)} planted faults are seen")
    return int(bool(problems))


def run_tests(copy: Path, tests: tuple[str, ...]) -> int:
    """How pytest ends on some test files of the copy, which stops at the first failure."""
    command = [sys.executable, "-m", "pytest", "-n", "0", "-x", "-q", "-p", "no:cacheprovider", *tests]
    # No bytecode: a fault of the same length, planted within the same second, would not be noticed.
    environment = {**os.environ, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, check=False).returncode


@contextmanager
def planted(one: Mutant, copy: Path) -> Iterator[None]:
    """The copy with the fault in it; afterwards without."""
    path = copy / one.path
    before = path.read_text(encoding="utf-8")
    path.write_text(changed_text(one, before), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


def changed_text(one: Mutant, text: str) -> str:
    """The text of a file with the fault in it.

    Raises:
        ValueError: What the fault is to change does not stand there exactly once.
    """
    for old, new in one.changes:
        if text.count(old) != 1:
            count = text.count(old)
            raise ValueError(f"{one.path}: {old!r} stands there {count} times; mend the list in scripts/mutants.py")
        text = text.replace(old, new)
    return text


if __name__ == "__main__":
    sys.exit(main())
