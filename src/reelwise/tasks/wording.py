"""What a task is called in commands and in the report: plain text, no HTML."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """The words of a task; the defaults suit any number.

    Args:
        labels: One line on the labels, for ``check``.
        counted_labels: What ``check`` counts, behind a number.
        requirement: What a data set must have, before "needed".
        stratification: How splits are made alike.
        section: Heading of the report's section on the predictions.
        bars: What the bars beside the baselines are; empty where it is plain.
        score_column: Head of the leaderboard's column.
        suspect: What may itself be wrong where a model is wrong: a label, a number.
        worst_order: Which examples come first.
        worst: Heading above them.
        best: Heading above the good examples.
        accuracy_curve: Heading of the curve of ``accuracy`` in history.csv.
        loss_curve: Heading of the curve of ``loss``.
        majority: The baseline that looks at nothing, in a sentence.
        majority_title: The same as a heading.
        majority_note: What it does.
        reaches: The verb before a score that a simple rule reaches.
        rules: What the simple rules have in common, as a sentence.
        next_command: What to do with a new model: a command, with ``{model}`` for its file.
        rounds: What an epoch is, and why training scores look lower than they are, in sentences.
    """

    labels: str = "a number per video"
    counted_labels: str = "numbers"
    requirement: str = "two or more different numbers are"
    stratification: str = "stratified by value"
    section: str = "Numbers"
    bars: str = "Bars are how far off the number is on average: shorter is better."
    score_column: str = "off by"
    suspect: str = "number"
    worst_order: str = "The largest errors come first."
    worst: str = "Farthest off"
    best: str = "Nearest"
    accuracy_curve: str = "Share right"
    loss_curve: str = "Loss"
    majority: str = "always the middle number"
    majority_title: str = "Always the middle number"
    majority_note: str = "half of the training numbers lie above it, half below"
    reaches: str = "gets"
    rules: str = "Each rule below was fitted on the same training videos and tested on the same test videos."
    next_command: str = "reelwise predict {model} new.mp4"
    rounds: str = (
        "One epoch is one pass over the training videos, whose clips are cropped, mirrored or otherwise varied at"
        " random, so that training scores look lower than they are."
    )
