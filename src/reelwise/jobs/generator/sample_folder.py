"""The folder of samples: every file whole or absent, and a manifest with which they can be made again."""

import json
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from reelwise.core.errors import DataError, UsageError
from reelwise.core.files import atomic_write, cannot_write, file_sha256, write_json
from reelwise.core.memory_maps import load_array
from reelwise.jobs.documents import FramePlace, Sample, Samples, SampleSource, SampleTruth
from reelwise.jobs.generator.maker import PlannedSample, SamplePlan
from reelwise.jobs.generator.sample_pictures import frames_beside_truth, grid_frames
from reelwise.jobs.generator.source_clip import FrameNumber, SourceClip
from reelwise.jobs.runs.folder import claim_folder, refuse_changes
from reelwise.media.writers.gif import write_gif
from reelwise.media.writers.writer import Encoding, write_video
from reelwise.metrics.frame_errors import unit_values
from reelwise.metrics.frame_metrics import psnr

MANIFEST = "manifest.json"
GRID = "grid.mp4"
GIF = "grid.gif"
ARRAYS = "samples.npz"

_PIXELS = ".pixels"
"""Folder of the exact frames of samples while others are made: an mp4 loses some of them, and the grid needs all."""

_ENCODING = Encoding(crf=12, preset="medium", max_b_frames=0, mbtree=False)
"""Small pictures that people look at closely. Without B-frames MP4 keeps the length of the last frame, and without
x264's tree of blocks the same frames give the same bytes."""

Status = Literal["running", "finished", "interrupted"]


@dataclass(eq=False)
class SampleFolder:
    """Writes samples, one after the other.

    Args:
        path: The folder.
        manifest: Its manifest.json, which grows with each sample.
        plan: All samples, and their frame rate.
    """

    path: Path
    manifest: Samples
    plan: SamplePlan

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to be made."""
        return self.manifest["status"] == "finished"

    @property
    def num_samples(self) -> int:
        """Samples that are there."""
        return len(self.manifest["samples"])

    def pixels(self, sample: PlannedSample) -> np.ndarray | None:
        """(T, S, S, 3) uint8, the frames of a sample that an interrupted call made; None where there are none."""
        try:
            frames = np.load(self._pixels_path(sample), allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        fits = frames.dtype == np.uint8 and frames.shape == (sample.num_frames, sample.size, sample.size, 3)
        return frames if fits else None

    def add(self, sample: PlannedSample, frames: np.ndarray) -> None:
        """Write a sample, and what really followed beside it where that is known.

        Args:
            sample: Which one.
            frames: (T, S, S, 3) uint8 RGB.

        Raises:
            VideoError: The video cannot be written.
            CacheError: Another file cannot be written.
        """
        path = self.path / f"sample_{sample.number:03d}.mp4"
        try:
            with atomic_write(self._pixels_path(sample)) as stream:
                np.save(stream, frames, allow_pickle=False)
        except OSError as error:
            raise cannot_write(path, error) from None
        write_video(path, frames, self.plan.frame_rate, encoding=_ENCODING)
        entry: Sample = {
            "file": path.name,
            "sha256": file_sha256(path),
            "seed": sample.seed,
            "noise_number": sample.noise_number,
            "label": sample.label,
            "num_frames": len(frames),
            "num_made": sample.num_made,
            "frame_rate": str(self.plan.frame_rate),
            "size": int(frames.shape[1]),
            "source": None if sample.source is None else _source_entry(sample.source),
            "end": None if sample.end is None else _source_entry(sample.end),
            "truth": self._write_truth(sample, frames),
        }
        self.manifest["samples"].append(entry)
        self.save("running")

    def finish(self, *, with_arrays: bool) -> None:
        """Write what holds all samples together; after that nothing is left to resume.

        Args:
            with_arrays: Whether to write samples.npz.

        Raises:
            VideoError: A video cannot be written.
            CacheError: Another file cannot be written.
        """
        samples = self.plan.samples
        pixels = [load_array(self._pixels_path(sample)) for sample in samples]
        clips = [sample.with_given(frames) for sample, frames in zip(samples, pixels, strict=True)]
        tiles = grid_frames(clips, min(sample.num_given for sample in samples))
        write_video(self.path / GRID, tiles, self.plan.frame_rate, encoding=_ENCODING)
        write_gif(self.path / GIF, tiles, self.plan.frame_rate)
        self.manifest["grid"], self.manifest["gif"] = GRID, GIF
        if with_arrays:
            self._write_arrays(pixels)
            self.manifest["arrays"] = ARRAYS
        self.save("finished")
        shutil.rmtree(self.path / _PIXELS, ignore_errors=True)

    def save(self, status: Status) -> None:
        """Write the manifest as things stand.

        Raises:
            CacheError: It cannot be written.
        """
        self.manifest["status"] = status
        try:
            write_json(self.path / MANIFEST, self.manifest)
        except OSError as error:
            raise cannot_write(self.path / MANIFEST, error) from None

    def _write_truth(self, sample: PlannedSample, frames: np.ndarray) -> SampleTruth | None:
        """The truth, where the given video goes on for long enough."""
        source, num_made, new_frames = sample.source, sample.num_made, sample.made_of(frames)
        if source is None or len(source.following) < num_made:
            return None
        truth = source.following[:num_made]
        path = self.path / f"compare_{sample.number:03d}.mp4"
        last = [] if sample.end is None else [sample.end.context]
        real = np.concatenate([source.context, truth, *last])
        beside = frames_beside_truth(real, sample.with_given(frames), sample.num_given)
        write_video(path, beside, self.plan.frame_rate, encoding=_ENCODING)
        return {
            "file": path.name,
            "frames": _places(source.following_numbers[:num_made]),
            "psnr": _psnr(truth, new_frames),
            "psnr_copy_last": _psnr(truth, np.repeat(source.context[-1:], num_made, axis=0)),
            "psnr_blend": _psnr(truth, _blend(source.context[-1], last[0][0], num_made)) if last else None,
        }

    def _write_arrays(self, pixels: list[np.ndarray]) -> None:
        samples = self.plan.samples
        arrays = {f"sample_{sample.number:03d}": frames for sample, frames in zip(samples, pixels, strict=True)}
        for sample in samples:
            if sample.source is not None:
                arrays[f"context_{sample.number:03d}"] = sample.source.context
                if len(sample.source.following):
                    arrays[f"truth_{sample.number:03d}"] = sample.source.following[: sample.num_made]
            if sample.end is not None:
                arrays[f"end_{sample.number:03d}"] = sample.end.context
        try:
            with atomic_write(self.path / ARRAYS) as stream:
                np.savez_compressed(stream, allow_pickle=False, **arrays)
        except OSError as error:
            raise cannot_write(self.path / ARRAYS, error) from None

    def _pixels_path(self, sample: PlannedSample) -> Path:
        return self.path / _PIXELS / f"{sample.number:03d}-{_short_hash(sample)}.npy"


def open_folder(path: Path, manifest: Samples, plan: SamplePlan, *, resume: bool) -> SampleFolder:
    """A new folder, or with ``resume`` the one that an interrupted call left.

    Args:
        path: The folder.
        manifest: Of this call, without samples.
        plan: All samples.
        resume: Whether to go on there.

    Raises:
        UsageError: The folder is in use, or another command or another model made it.
        CacheError: It cannot be made.
    """
    folder = SampleFolder(path, manifest, plan)
    if resume:
        before = read_manifest(path)
        refuse_changes(path, before["configuration"], manifest["configuration"])
        if before["model"]["sha256"] != manifest["model"]["sha256"]:
            raise UsageError(f"{path}: was made by another model file.", hint="Use a new --out.")
        if _is_whole(path, before, plan):
            return SampleFolder(path, before, plan)
    else:
        claim_folder(path, MANIFEST)
    folder.save("running")
    return folder


def read_manifest(path: Path) -> Samples:
    """manifest.json of a folder.

    Raises:
        UsageError: There is none.
        DataError: It cannot be read.
    """
    file = path / MANIFEST
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{path}: no {MANIFEST}, so nothing to resume.", hint="Leave --resume out.") from None
    except (OSError, json.JSONDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise DataError(f"{file}: cannot be read ({problem}).", hint="Start anew in another --out.") from None
    if not isinstance(document, dict) or document.get("schema") != "reelwise/samples/1":
        raise DataError(f"{file}: is no reelwise/samples/1.", hint="Start anew in another --out.")
    return document  # pyright: ignore[reportReturnType]


def _is_whole(path: Path, manifest: Samples, plan: SamplePlan) -> bool:
    """Whether a folder is finished: each sample is of the same video and has the bytes that its manifest says."""
    entries = manifest["samples"]
    sources = ["-".join(part["sha256"] for part in (entry["source"], entry["end"]) if part) for entry in entries]
    if manifest["status"] != "finished" or sources != [sample.source_sha256 for sample in plan.samples]:
        return False
    with suppress(OSError):
        return all(file_sha256(path / Path(entry["file"]).name) == entry["sha256"] for entry in entries)
    return False


def _blend(first: np.ndarray, last: np.ndarray, num_between: int) -> np.ndarray:
    """(n, S, S, 3) uint8: from one frame to another in even steps, both left out."""
    share = np.arange(1, num_between + 1, dtype=np.float32)[:, None, None, None] / (num_between + 1)
    return np.rint((1 - share) * first + share * last).astype(np.uint8)


def _short_hash(sample: PlannedSample) -> str:
    """Of the files that are given, for the name of a file."""
    return "-".join(clip.sha256[:16] for clip in sample.sources)


def _source_entry(source: SourceClip) -> SampleSource:
    context = _places(source.context_numbers)
    return {"file": str(source.path), "sha256": source.sha256, "context": context, "notes": list(source.notes)}


def _places(numbers: tuple[FrameNumber, ...]) -> list[FramePlace]:
    return [{"frame": number.frame, "seconds": number.seconds} for number in numbers]


def _psnr(truth: np.ndarray, frames: np.ndarray) -> float:
    return float(psnr(float(np.mean((unit_values(truth) - unit_values(frames)) ** 2))))
