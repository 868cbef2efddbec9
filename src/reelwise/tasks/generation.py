"""New clips out of noise, by class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from reelwise.core.contract import Contract
from reelwise.core.errors import UsageError
from reelwise.core.number_text import count_text, percent, short_number
from reelwise.core.output import OutputSpec
from reelwise.metrics.bootstrap import interval_list
from reelwise.metrics.cluster_intervals import accuracy_interval
from reelwise.tasks.base_task import BaseTask
from reelwise.tasks.metrics import Fields, GenerationMetrics
from reelwise.tasks.score import Score
from reelwise.tasks.wording import Wording

_LARGEST_RATE = 1000.0

_WEAK_JUDGE = 0.8
"""Below this accuracy on real clips the judge says little about generated ones. Chosen by reasoning: it is then wrong
on more than every fifth clip that is certainly of its class."""

_FEW_TRAINING_VIDEOS = 200
"""Under this many training videos a reader is told that there are few: LOG.md has results for a thousand and more."""

_LOW_RATIO = 0.5
"""Clips that vary or move less than so much of what real ones do are called poor. Chosen by reasoning: real clips of
other videos differ by far less than twice."""

_MOSTLY = 0.8
"""Shapes that are there or move evenly in less than so much of what real ones do are called faulty. Chosen by
reasoning: two halves of real clips differ by a few hundredths."""

_STILL = 0.2
"""Grey levels from frame to frame in the mean: what a codec does to a picture that stands still. Chosen by reasoning;
in clips of moving digits it is 15."""

_SPOILT = {"time_shuffled": "real clips with their frames out of order", "blurred": "blurred real clips"}
"""Controls that clips worth having come nearer to real ones than."""


@dataclass(frozen=True)
class GenerationOutput(OutputSpec):
    """New clips.

    Args:
        labels: K classes that a clip can be made of, in the order of their numbers; empty for a model without classes.
        frame_rate: Frames a second of a clip: the rate of the training videos, over the stride.

    Raises:
        UsageError: Two labels are alike, or the rate is out of range.

    Example:
        >>> GenerationOutput(("jump", "run"), 15.0).builder_arguments
        {'num_labels': 2}
    """

    task: ClassVar[str] = "generation"
    gives: ClassVar[str] = "clips"

    labels: tuple[str, ...] = ()
    frame_rate: float = 15.0

    def __post_init__(self) -> None:
        if len(set(self.labels)) != len(self.labels):
            raise UsageError(f"a model needs different labels, got {len(self.labels)}: {self.labels[:5]}.")
        if not 0 < self.frame_rate <= _LARGEST_RATE:
            raise UsageError(f"frame_rate is {self.frame_rate}, expected more than 0 and {_LARGEST_RATE:g} at most.")

    @property
    def classes(self) -> tuple[str, ...]:
        """The K labels."""
        return self.labels

    @property
    def builder_arguments(self) -> dict[str, Any]:
        """What a builder of the catalogue needs to know beside its own arguments."""
        return {"num_labels": len(self.labels)}


def generation_output(contract: Contract) -> GenerationOutput:
    """The output of a model that makes clips.

    Raises:
        UsageError: It gives something else.
    """
    if not isinstance(contract.output, GenerationOutput):
        raise UsageError(f"this is a model for {contract.task}; it makes no clips.", hint="Use another model.")
    return contract.output


class GenerationTask(BaseTask[GenerationMetrics]):
    """New clips by class, judged by a classifier that was trained on real clips of the training videos."""

    name = "generation"
    output_type = GenerationOutput
    metrics_type = GenerationMetrics
    wording = Wording(
        labels="a class folder per kind",
        section="Generated clips",
        best="The first clips that were drawn",
        bars="Longer is better.",
        score_column="recognised",
        loss_curve="Squared error of the flow",
        reaches="gets",
        rules="The clips of each rule below were judged by the same classifier, and are made without learning.",
        next_command="reelwise generate {model} --label LABEL --num 8 --out generated/",
        rounds="One epoch is one round of clips that are drawn from the training videos at random.",
    )
    report_section = "clips"
    scores_videos: ClassVar = False
    score = Score("class_accuracy", rises=True, words="recognised")
    baseline_words: ClassVar = {"noise": "pure noise", "class_mean": "the mean training clip of each class"}
    baseline_titles: ClassVar = {"noise": "Pure noise", "class_mean": "Mean of the class"}
    baseline_notes: ClassVar = {
        "noise": "what a clip begins as",
        "class_mean": "all training clips of the class laid over each other",
    }

    def for_metrics(self, metrics: Mapping[str, Any]) -> BaseTask:
        """Without classes the score is a distance."""
        return self if metrics.get("labels") else UNLABELLED_GENERATION

    def metrics(self, is_recognised: np.ndarray, targets: Sequence[str], labels: Sequence[str]) -> Fields:
        """The fields of metrics.json that the generated clips alone give.

        Args:
            is_recognised: (N,) bool, whether the judge sees the class that was wanted.
            targets: N labels.
            labels: All K labels.
        """
        of_label = {label: is_recognised[np.asarray(targets) == label] for label in labels}
        return {
            "schema": "reelwise/metrics/1",
            "task": self.name,
            "split": "generated",
            "num_videos": len(is_recognised),
            "labels": list(labels),
            **self.score_entry(is_recognised),
            "chance": 1 / len(labels),
            "per_class": {
                label: {"class_accuracy": float(right.mean()), "num_clips": len(right)}
                for label, right in of_label.items()
            },
        }  # fmt: skip

    def score_entry(self, is_recognised: np.ndarray) -> Fields:
        """The share that is recognised, with its interval.

        Args:
            is_recognised: (N,) bool.
        """
        interval = interval_list(accuracy_interval(is_recognised, None))
        return {"class_accuracy": float(is_recognised.mean()), "class_accuracy_ci95": interval}

    def verdict(self, metrics: GenerationMetrics) -> str:
        """How many of the generated clips are recognised, beside how many real ones are."""
        return (
            f"Shows the class that was wanted in {self.score.text(metrics)} of its clips"
            f" ({self.interval_words(metrics)}; a classifier of real clips says so, which is right on"
            f" {percent(metrics.judge_accuracy)} of real test clips)"
        )

    def cautions(self, metrics: GenerationMetrics) -> list[str]:
        """What speaks against the score: a weak judge, few videos, repeated training clips, little variety, a poor set.

        Files of earlier versions lack some of these measures, which is said.
        """
        cautions = []
        if learned_from := metrics.get("learned_from"):
            cautions.append(repeated_real_videos(learned_from, metrics.num_real_videos))
        if metrics.get("judge_accuracy", 1.0) < _WEAK_JUDGE:
            cautions.append("the classifier cannot tell the real classes apart well, so this score says little")
        if metrics.num_training_videos < _FEW_TRAINING_VIDEOS:
            videos = count_text(metrics.num_training_videos, "video")
            cautions.append(f"your data is too small for this ({videos}): expect blurred or repeated clips")
        cautions.append(_repetition_caution(metrics))
        alike = "the clips of one class are" if metrics.labels else "the clips are"
        if (variety := metrics.get("diversity")) and variety["generated"] < _LOW_RATIO * variety["real"]:
            cautions.append(f"{alike} much more alike than real ones")
        change = metrics.get("motion")
        if change and change["real"] < _STILL:
            cautions.append("nothing moves in the real test clips: pictures would do")
        elif change and change["generated"] < _LOW_RATIO * change["real"]:
            cautions.append("the clips move much less than real ones")
        cautions.append(_physics_caution(metrics))
        return [caution for caution in [*cautions, *_distance_cautions(metrics)] if caution]

    def chance_text(self, metrics: GenerationMetrics) -> str:
        """The share that guessing gets, in brackets."""
        return f" (guessing gets {percent(metrics.chance)})"

    def label_fact(self, contract: Contract) -> tuple[str, str]:
        """Name and value of a row of the report: the classes."""
        labels = generation_output(contract).labels
        return ("classes", ", ".join(labels[:20]) + (" …" if len(labels) > 20 else ""))


def repeated_real_videos(learned_from: int, num_videos: int) -> str:
    """A caution that clips are held against videos that the model was trained on; without full stop.

    Args:
        learned_from: How many of them it was trained on.
        num_videos: Real videos.
    """
    return (
        f"the model was trained on {learned_from} of the {num_videos} real videos beside its clips, and comes nearer to"
        " those than to new ones"
    )


def _repetition_caution(metrics: GenerationMetrics) -> str:
    """That clips repeat training clips, or that nobody knows; empty where they do not."""
    entry = metrics.get("memorisation")
    if entry is None:
        return "whether clips repeat training clips was not measured"
    if entry["nearer_share"] == "too few":
        clips = count_text(entry["num_held_out"], "real test clip")
        return f"whether clips repeat training clips is not known: {clips} are too few to tell"
    if entry["is_likely"]:
        share = percent(entry["nearer_share"])
        return (
            f"{share} of the clips come nearer to a training clip than real ones mostly do: it repeats training clips"
        )
    return ""


def _physics_caution(metrics: GenerationMetrics) -> str:
    """That made-up shapes vanish, or do not move as such shapes do; empty where they do, and for other clips."""
    physics = metrics.get("physics")
    if physics is None:
        return ""
    drawn_shapes, real = physics["generated"], physics["real"]
    faults = []
    if drawn_shapes["presence"] < _MOSTLY * real["presence"]:
        faults.append("vanish")
    if drawn_shapes["unevenness"] * _MOSTLY > real["unevenness"]:
        faults.append("move less evenly")
    return f"shapes {' and '.join(faults)}, where real ones do not" if faults else ""


def _distance_cautions(metrics: GenerationMetrics) -> list[str]:
    """Where a set of clips is farther from real ones than the same real clips, blurred or out of order."""
    for name, entry in (metrics.get("distances") or {}).items():
        if not isinstance(entry["value"], str):
            worse = [words for control, words in _SPOILT.items() if entry["value"] > entry["controls"][control]]
            return [f"as a set they are farther from real clips than {' and '.join(worse)} ({name})"] if worse else []
    return []


class UnlabelledGenerationTask(GenerationTask):
    """New clips without classes, compared with real ones as a set; its metrics say that they are of generation."""

    wording = replace(
        GenerationTask.wording,
        next_command="reelwise generate {model} --num 8 --out generated/",
        score_column="kernel distance",
        bars="Shorter is better.",
        rules="The clips of each rule below are made without learning, and compared with the same real clips.",
    )
    score = Score("kvd", rises=False, words="kernel distance from real clips", is_share=False)
    baseline_words: ClassVar = {"noise": "pure noise", "class_mean": "the mean training clip"}
    baseline_titles: ClassVar = {"noise": "Pure noise", "class_mean": "Mean clip"}
    baseline_notes: ClassVar = {
        "noise": "what a clip begins as",
        "class_mean": "all training clips laid over each other",
    }

    def for_metrics(self, metrics: Mapping[str, Any]) -> BaseTask:
        """Itself."""
        del metrics
        return self

    def verdict(self, metrics: GenerationMetrics) -> str:
        """The distance beside what real clips score, or why there is none."""
        entry = metrics.distances[SCORE_DISTANCE]
        if metrics.kvd is None:
            reason = "too few clips" if entry["value"] == "too few" else "a distance that is refused"
            return f"These clips have no score, for want of classes and with {reason} ({entry.get('why', '')})"
        return (
            f"As a set, the generated clips lie {self.score.number(metrics.kvd)} from real test clips (kernel distance,"
            f" {self.interval_words(metrics)}), and two halves of the real ones"
            f" {short_number(entry.get('highest_floor', 0.0))} at most"
        )

    def chance_text(self, metrics: GenerationMetrics) -> str:
        """Nothing is guessed."""
        del metrics
        return ""


SCORE_DISTANCE = "kvd[random]"
"""The distance that is the score of a model without classes."""

UNLABELLED_GENERATION = UnlabelledGenerationTask()

GENERATION = GenerationTask()
