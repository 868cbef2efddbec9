"""The videos of the benchmark of shots: made once into a folder, with their truth as CSV, and found there again."""

import ast
import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from reelwise.core.files import atomic_path, write_json
from reelwise.metrics.boundaries import Boundary
from shot_distractors import FILES_PER_KIND, KINDS, write_distractor
from shot_edits import write_edit
from shot_sources import DATA, TRAINING_FILES, list_takes

NUM_EDITS = 38
"""Edited videos of 28 transitions each."""
COLUMNS = ("file", "start_frame", "end_frame", "type")
NUM_PROCESSES = 2
"""Processes that make videos; each holds up to 1.5 GB of frames."""
MAKERS = ("shot_sources.py", "shot_transitions.py", "shot_edits.py", "shot_distractors.py")
"""Files of this folder that decide what the videos show."""


@dataclass(frozen=True)
class TestVideo:
    """A video with its true boundaries; ``kind`` is what the results are grouped by."""

    path: Path
    kind: str
    truths: tuple[Boundary, ...]


def made_videos(
    work: Path, num_edits: int = NUM_EDITS, per_kind: int = FILES_PER_KIND, without: tuple[str, ...] = ()
) -> list[TestVideo]:
    """The edited videos and the distractors, made where they are not there yet.

    Args:
        work: A folder for them, some 700 MB.
        num_edits: Edited videos.
        per_kind: Distractors of each kind.
        without: Folders below the real videos that no source may come from.
    """
    state = {"makers": _fingerprint(), "num_edits": num_edits, "per_kind": per_kind, "without": list(without)}
    manifest, unfinished, truth = work / "manifest.json", work / "unfinished.json", work / "truth.csv"
    if _document(manifest) != state:
        manifest.unlink(missing_ok=True)
        if _document(unfinished) != state:  # else what an interrupted run made is used
            truth.unlink(missing_ok=True)
        for name in ("edits", "distractors"):
            (work / name).mkdir(parents=True, exist_ok=True)
        write_json(unfinished, state)
        _make(work, num_edits, per_kind, without)
        unfinished.rename(manifest)
    truths = read_truth(truth)
    return [TestVideo(work / name, _kind_of(name), tuple(boundaries)) for name, boundaries in truths.items()]


def real_edits() -> list[TestVideo]:
    """The edited real videos of long/cuts with their cuts."""
    videos = []
    for name, boundaries in read_truth(DATA / "long" / "cuts.csv").items():
        path = next(iter((DATA / "long").glob(f"*/{Path(name).name}")))
        if path.parent.name == "cuts":
            videos.append(TestVideo(path, f"cuts: {path.name}", tuple(boundaries)))
    return videos


def real_takes() -> list[TestVideo]:
    """Real single takes, less what the detector may be trained on: every boundary in them is false."""
    patterns = ("long/no_cuts/*", "long/surveillance/*", "actions/*/*.avi", "audiovisual/*/*", "audiovisual/*/*/*")
    paths = sorted({path for pattern in patterns for path in DATA.glob(pattern) if path.is_file()})
    names = [path.relative_to(DATA).as_posix() for path in paths]
    return [TestVideo(DATA / name, f"takes: {name.split('/')[0]}", ()) for name in names if name not in TRAINING_FILES]


def read_truth(path: Path) -> dict[str, list[Boundary]]:
    """Boundaries by file; a file with one row of empty fields has none."""
    truths: dict[str, list[Boundary]] = {}
    with path.open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            start = row.get("start_frame") or row.get("cut_frame")
            boundaries = truths.setdefault(row["file"], [])
            if start:
                boundaries.append(Boundary(int(start), int(row.get("end_frame") or start), row.get("type") or "cut"))
    return truths


def _make(work: Path, num_edits: int, per_kind: int, without: tuple[str, ...]) -> None:
    """Edits and distractors in turn; the truth is whole after each turn, so that it may be used before the end."""
    takes = list_takes(without)
    truths = read_truth(work / "truth.csv") if (work / "truth.csv").exists() else {}
    with ProcessPoolExecutor(NUM_PROCESSES) as pool:
        for turn in range(per_kind):
            results: dict[str, Future[list[Boundary]] | Future[None]] = {}
            edits = {f"edits/{seed:03d}.mp4": seed for seed in range(turn, num_edits, per_kind)}
            for name in edits.keys() - truths.keys():
                results[name] = pool.submit(write_edit, work / name, takes, edits[name])
            kinds = {f"distractors/{function.__name__}-{turn}.mp4": kind for kind, function in enumerate(KINDS)}
            for name in kinds.keys() - truths.keys():
                results[name] = pool.submit(write_distractor, work / name, kinds[name], takes, turn)
            for name, result in results.items():
                truths[name] = result.result() or []  # A distractor gives none.
            _write_truth(work / "truth.csv", truths)
            print(f"shots: made turn {turn + 1} of {per_kind}", flush=True)


def _write_truth(path: Path, truths: Mapping[str, Sequence[Boundary]]) -> None:
    """Write each file's boundaries, or one row of empty fields where it has none."""
    with atomic_path(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for name, boundaries in sorted(truths.items()):
            writer.writerows([name, b.start_frame, b.end_frame, b.type] for b in boundaries)
            if not boundaries:
                writer.writerow([name, "", "", ""])


def _document(path: Path) -> object:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _kind_of(name: str) -> str:
    folder, file = name.split("/")
    return "edits" if folder == "edits" else file.rsplit("-", 1)[0]


def _fingerprint() -> str:
    """Of the code of the makers, without its comments and docstrings."""
    digest = hashlib.sha256()
    for name in MAKERS:
        tree = ast.parse((Path(__file__).parent / name).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                node.body = [item for item in node.body if not _is_text(item)]
        digest.update(ast.dump(tree).encode())
    return digest.hexdigest()


def _is_text(item: ast.stmt) -> bool:
    return isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant) and isinstance(item.value.value, str)
