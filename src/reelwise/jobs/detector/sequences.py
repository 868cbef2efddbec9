"""Training sequences: an edit, or a single take in which much happens, as a viewer's file would show it."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from reelwise.analysis.shots.descriptors import THUMBNAIL_HW
from reelwise.analysis.shots.transitions import GRADUAL_TYPES, Transition
from reelwise.jobs.detector.disturbances import caption, disturb, walkers
from reelwise.jobs.detector.edits import Edit, EditStyle, make_edit, random_style
from reelwise.jobs.detector.scenes import PictureScene, RunningScene, Scene, made_up_picture

SINGLE_TAKE_SHARE = 0.3
"""Sequences without any boundary."""

PEOPLE_SHARE = 0.4
"""Of these: takes in which people come and go again and again. Of all single takes these were most often said to hold
wipes."""

MADE_UP_SHARE = 0.3
"""Scenes that are made up for one sequence."""

NUM_SCENES = 6
"""Scenes that one sequence is made of."""

RETURN_SHARE = 0.35
"""Sequences whose shots return to what was shown before, as in a dialogue: one frame of another shot is no flash."""

RUNNING_FRAMES = 150
"""Frames of those recordings, shown forwards and backwards."""


@dataclass(frozen=True, eq=False)
class LabelledSequence:
    """A video with its boundaries frame by frame.

    Args:
        thumbnails: (T, 28, 48, 3) uint8.
        is_cut: (T,) bool: a new shot starts here at once.
        kinds: (T,) int: 0 outside of gradual transitions, else the place in GRADUAL_TYPES plus 1.
    """

    thumbnails: np.ndarray
    is_cut: np.ndarray
    kinds: np.ndarray


def make_sequence(
    scenes: Sequence[Scene],
    num_frames: int,
    rng: np.random.Generator,
    choose_style: Callable[[np.random.Generator], EditStyle] = random_style,
) -> LabelledSequence:
    """One training sequence.

    Args:
        scenes: Recorded and photographed scenes; made-up ones are added.
        num_frames: Its length.
        rng: The only source of chance.
        choose_style: Draws the editor.
    """
    num_made_up = rng.binomial(NUM_SCENES, MADE_UP_SHARE)
    cast: list[Scene] = [PictureScene(made_up_picture(rng)) for _ in range(num_made_up)]
    cast += [scenes[int(rng.integers(len(scenes)))] for _ in range(NUM_SCENES - num_made_up)]
    if rng.random() < RETURN_SHARE:  # two to four recordings that run on, cut from one to the other and back
        running = rng.permutation(NUM_SCENES)[: rng.integers(2, 5)]
        cast = [RunningScene(cast[place].take(RUNNING_FRAMES, rng)) for place in running]
    if rng.random() < SINGLE_TAKE_SHARE:
        take = cast[int(rng.integers(len(cast)))].take(num_frames, rng)
        take = disturb(take, rng, float(rng.choice([0.5, 2.0, 4.0])))
        for _ in range(int(rng.integers(1, 5)) if rng.random() < PEOPLE_SHARE else 0):
            take = walkers(take, rng)
        edit = Edit(take, ())
    else:
        edit = make_edit(cast, num_frames, choose_style(rng), rng)
    is_cut, kinds = label(edit, num_frames)
    frames = finish(edit.frames, is_cut, rng)
    return LabelledSequence(np.clip(np.round(frames), 0, 255).astype(np.uint8), is_cut, kinds)


def label(edit: Edit, num_frames: int) -> tuple[np.ndarray, np.ndarray]:
    """The boundaries of an edit, frame by frame."""
    is_cut, kinds = np.zeros(num_frames, bool), np.zeros(num_frames, np.int64)
    for transition in edit.transitions:
        if transition.type == "cut":
            is_cut[transition.start_frame] = True
        else:
            kinds[transition.start_frame : transition.end_frame] = 1 + GRADUAL_TYPES.index(transition.type)
    return is_cut, kinds


def transitions_of(sequence: LabelledSequence) -> list[Transition]:
    """The boundaries of a labelled sequence, in order."""
    cuts = [Transition("cut", int(place), int(place), 1.0) for place in np.flatnonzero(sequence.is_cut)]
    kinds = sequence.kinds
    borders = [0, *(np.flatnonzero(kinds[1:] != kinds[:-1]) + 1).tolist(), len(kinds)]
    runs = [
        Transition(GRADUAL_TYPES[int(kinds[start]) - 1], start, end, 1.0)
        for start, end in itertools.pairwise(borders)
        if kinds[start]
    ]
    return sorted([*cuts, *runs], key=lambda transition: transition.start_frame)


def finish(frames: np.ndarray, is_cut: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What is done to a whole file: colours, captions, logo, bars, noise, compression, blended or frozen frames."""
    frames = _grade(frames.astype(np.float32), rng)
    if rng.random() < 0.15:  # a caption that stays over cuts
        frames = caption(frames, rng)
    if rng.random() < 0.12:
        frames = _logo(frames, rng)
    if rng.random() < 0.2:
        frames = _compress(frames, is_cut, rng)
    if rng.random() < 0.06:  # frames blended by a converter of frame rates
        step = int(rng.integers(2, 6))
        frames[step::step] = (frames[step::step] + frames[step - 1 : -1 : step][: len(frames[step::step])]) / 2
    if rng.random() < 0.15:
        frames = _bars(frames, rng)
    if rng.random() < 0.6:
        frames = frames + 10 ** rng.uniform(-0.5, 0.8) * rng.standard_normal(frames.shape, np.float32)
    if rng.random() < 0.1:  # the file starts or ends here: beyond it the detector sees the same frame again
        end = int(rng.integers(20, 100))
        if rng.random() < 0.5:
            frames[:end] = frames[end]
            is_cut[: end + 1] = False
        else:
            frames[-end:] = frames[-end - 1]
            is_cut[-end:] = False
    return frames


def _grade(frames: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    choice = rng.random()
    if choice < 0.12:
        frames = np.repeat(frames.mean(axis=3, keepdims=True), 3, axis=3)
    elif choice < 0.35:
        frames = frames[..., rng.permutation(3)]
    if rng.random() < 0.5:
        frames = 255 * np.clip(frames / 255, 0, 1) ** float(np.exp(rng.normal(0, 0.35)))
    if rng.random() < 0.15:  # low light
        frames = frames * rng.uniform(0.2, 0.6)
    if rng.random() < 0.1:  # low contrast
        frames = rng.uniform(40, 160) + (frames - 128) * rng.uniform(0.15, 0.6)
    return frames


def _logo(frames: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    rows, columns = int(rng.integers(2, 6)), int(rng.integers(2, 9))
    top = int(rng.choice([1, THUMBNAIL_HW[0] - rows - 1]))
    left = int(rng.choice([1, THUMBNAIL_HW[1] - columns - 1]))
    frames = frames.copy()
    part = frames[:, top : top + rows, left : left + columns]
    part += rng.uniform(0.3, 1) * (rng.uniform(0, 255, (rows, columns, 1)).astype(np.float32) - part)
    return frames


def _bars(frames: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    frames = frames.copy()
    rows, columns = (int(rng.integers(2, 6)), 0) if rng.random() < 0.6 else (0, int(rng.integers(4, 14)))
    level = rng.uniform(0, 16)
    if rows:
        frames[:, :rows] = frames[:, -rows:] = level
    if columns:
        frames[:, :, :columns] = frames[:, :, -columns:] = level
    return frames


def _compress(frames: np.ndarray, is_cut: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """After a cut and between key frames the picture is softer, and gets sharper within some frames."""
    period, decay, strength = int(rng.integers(8, 120)), rng.uniform(0.6, 0.95), rng.uniform(0.3, 1)
    result = np.empty_like(frames)
    softness = 0.0
    size = float(rng.uniform(0.5, 1.2))
    for place, frame in enumerate(frames):
        softness = strength if is_cut[place] or place % period == 0 else softness * decay
        result[place] = frame + softness * (cv2.GaussianBlur(frame, (0, 0), size) - frame)
    return result
