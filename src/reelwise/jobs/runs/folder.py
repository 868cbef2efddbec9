"""The run folder: made once, never overwritten, every file whole or absent."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwise.core.errors import DataError, UsageError
from reelwise.core.files import cannot_write, write_json, write_text
from reelwise.core.records import Record, SkippedFile
from reelwise.core.short_repr import ShortRepr
from reelwise.jobs.runs.folder_lock import LOCK, is_empty
from reelwise.tasks.metrics import more_metrics, short_metrics

if TYPE_CHECKING:
    from reelwise.inference.model import Model
    from reelwise.tasks import Metrics

FREE_ON_RESUME = {"resume", "cache_dir", "cache_gb", "out", "device", "threads"}
"""Options that may differ between a run and its --resume; device and threads change last digits at most."""
_WHY_THE_SAME = {
    "backend": "a checkpoint fits the back end that made it alone",
    "precision": "a checkpoint fits the precision that it was made in alone",
}
"""Reasons why an option must be the same, where they are not plain."""
_ADDED_LATER = {"precision": "auto"}
"""Options that runs of before do not have in their run.json, and what they did."""


@dataclass(frozen=True, repr=False)
class Run(ShortRepr):
    """A finished run.

    Args:
        path: The run folder.
        metrics: metrics.json, as attributes and by ``[…]``.
        leaderboard: One row per trained model when there were several.
    """

    path: Path
    metrics: "Metrics"
    leaderboard: tuple[dict[str, Any], ...] = ()

    def facts(self) -> dict[str, str]:
        """Where it is, and how good its model."""
        return {"path": str(self.path), **short_metrics(self.metrics)}

    def details(self) -> dict[str, str]:
        """What the metrics have besides, and where to read more."""
        return {**more_metrics(self.metrics), "report": str(self.path / "report.html")}

    @property
    def model(self) -> "Model":
        """The model handed over, loaded; importing Keras takes some seconds."""
        from reelwise.jobs.runs.loading import load_model

        return load_model(self.path / "model.keras")


RUNS = Path("runs")
"""Where runs without ``--out`` lie."""


def make_run_folder(data: str) -> Path:
    """The first free ``runs/<data>-<n>``, which is made.

    Raises:
        CacheError: It cannot be made.
    """
    return make_numbered_folder(RUNS, _run_stem(data))


def make_numbered_folder(parent: Path, stem: str) -> Path:
    """The first ``parent/stem-<n>`` that is not there; it is taken by making it, so that no other job takes it too.

    Raises:
        CacheError: It cannot be made.
    """
    number = _first_free(parent, stem)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        while True:
            path = parent / f"{stem}-{number}"
            try:
                path.mkdir()
            except FileExistsError:
                number += 1
            else:
                return path
    except OSError as error:
        raise cannot_write(parent, error) from None


def latest_run_path(data: str) -> Path:
    """The newest ``runs/<data>-<n>`` that is there, for ``--resume`` without ``--out``."""
    stem = _run_stem(data)
    number = _first_free(RUNS, stem)
    if number == 1:
        raise UsageError(f"{RUNS}: no run of {data} to resume.", hint="Name it with --out, or leave --resume out.")
    return RUNS / f"{stem}-{number - 1}"


def _run_stem(data: str) -> str:
    stem = Path(data).stem if "synthetic:" not in data else data.replace(":", "-")
    return stem or Path(data).resolve().name or "run"


def _first_free(parent: Path, stem: str) -> int:
    number = 1
    while (parent / f"{stem}-{number}").exists():
        number += 1
    return number


def claim_folder(path: Path, document: str = "run.json") -> None:
    """Make ``path``, or accept it when it is empty or a run failed there before it began.

    Args:
        path: The folder.
        document: The file in it that ``--resume`` goes on from.

    Raises:
        UsageError: There is something in it; nothing is ever deleted or overwritten.
        CacheError: It cannot be made.
    """
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path}: is a file, expected a new or empty folder.", hint="Choose another --out.")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from None
    if not is_empty(path) and not never_began(path):
        hint = "Choose another --out, or go on with that run by adding --resume."
        if not (path / document).exists():
            hint = "Choose another --out."
        raise UsageError(f"{path}: is not empty, and nothing is ever overwritten.", hint=hint)


@contextmanager
def claim_file(path: Path | None) -> Iterator[None]:
    """Take a file for a result by making it, so that no other job takes it too; None takes none.

    It is removed again where the block ends early, with nothing in it.

    Raises:
        UsageError: It exists; nothing is ever overwritten.
        CacheError: It cannot be made.
    """
    if path is None:
        yield
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from None
    try:
        path.open("xb").close()
    except FileExistsError:
        raise UsageError(f"{path}: exists, and nothing is ever overwritten.", hint="Choose another name.") from None
    except OSError as error:
        raise cannot_write(path, error) from None
    try:
        yield
    finally:
        with suppress(OSError):
            if path.stat().st_size == 0:
                path.unlink()


def never_began(path: Path) -> bool:
    """Whether nothing is in this folder but the note of a run that failed before it decided on a split.

    Such a folder may be claimed again: a mistyped option must not cost a new name.
    """
    if not path.is_dir() or {item.name for item in path.iterdir()} - {LOCK} != {"run.json"}:
        return False
    try:
        return read_run(path).get("status") == "failed"
    except DataError:
        return False


def start_run(path: Path, configuration: Mapping[str, Any], resume: bool) -> dict[str, Any]:
    """The run.json to continue: a new one, or with ``resume`` the one that stands there.

    Raises:
        UsageError: The folder is in use, or was made by another command.
    """
    configuration_json = {key: plain(value) for key, value in configuration.items()}
    if not resume:
        claim_folder(path)
        document = {"schema": "reelwise/run/1", "status": "running", "configuration": configuration_json}
        write_json(path / "run.json", document)
        return document
    document = read_run(path)
    before = _ADDED_LATER | document.get("configuration", {})
    # Where --backend was left out, the back end that was chosen counts; left out now, it is kept.
    before["backend"] = (document.get("backend") or {}).get("name", before.get("backend"))
    configuration_json["backend"] = configuration_json.get("backend") or before["backend"]
    refuse_changes(path, before, configuration_json)
    return document


def refuse_changes(path: Path, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse to go on with a folder by another command than the one that began it.

    Args:
        path: The folder.
        before: The configuration that stands there.
        now: That of this command; both as JSON.

    Raises:
        UsageError: It names what differs.
    """
    keys = sorted((set(now) | set(before)) - FREE_ON_RESUME)
    pairs = [(key, before.get(key), now.get(key)) for key in keys]
    if changes := [pair for pair in pairs if pair[1] != pair[2]]:
        differences = ", ".join(
            f"{_flag(key)} was {_option_text(old)}, is {_option_text(new)}{_reason(key)}" for key, old, new in changes
        )
        raise UsageError(
            f"{path}: --resume needs the same command: {differences}.",
            hint="Repeat the old one, or use a new --out.",
        )


def _flag(field: str) -> str:
    if field.startswith("from_"):  # `from` is a Python keyword
        return "--from"
    return "DATA" if field == "data" else "--" + field.replace("_", "-")


def _reason(field: str) -> str:
    return f" ({reason})" if (reason := _WHY_THE_SAME.get(field)) else ""


def _option_text(value: Any) -> str:
    if isinstance(value, bool):
        return "given" if value else "not given"
    return "not given" if value is None else str(value)


def read_run(path: Path) -> dict[str, Any]:
    """run.json of a run folder.

    Raises:
        UsageError: There is none, or it cannot be read.
    """
    try:
        text = (path / "run.json").read_text(encoding="utf-8")
        return json.loads(text)
    except FileNotFoundError:
        raise UsageError(f"{path}: no run.json, so no run to resume.", hint="Leave --resume out.") from None
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise DataError(
            f"{path / 'run.json'}: cannot be read ({problem}).", hint="Start anew in another --out."
        ) from None


def begun_backend(path: Path) -> str | None:
    """The back end that a run began on, which its checkpoints need; None where nothing is left, or nobody knows."""
    document = read_run(path)
    return None if document.get("status") == "finished" else (document.get("backend") or {}).get("name")


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV atomically, with Unix line ends and floats in full precision.

    Raises:
        CacheError: It cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    try:
        write_text(path, text.getvalue())
    except OSError as error:
        raise cannot_write(path, error) from None


def write_splits(path: Path, records: Sequence[Record], splits: Sequence[str]) -> None:
    """splits.csv: which video was used for what."""
    rows = [(r.name, r.label, r.group or "", split) for r, split in zip(records, splits, strict=True)]
    write_csv(path / "splits.csv", ("file", "label", "group", "split"), rows)


def write_skipped(path: Path, skipped_files: Sequence[SkippedFile]) -> None:
    """skipped.csv: what was not used and why; written even when nothing was skipped."""
    rows = [(s.file, s.reason, s.hint) for s in skipped_files]
    write_csv(path / "skipped.csv", ("file", "reason", "hint"), rows)


def write_history(path: Path, columns: Sequence[str], history: Sequence[Mapping[str, Any]]) -> None:
    """history.csv: a row per epoch, with the fold in front when there were folds.

    Args:
        path: The folder.
        columns: As the training's objective names them.
        history: One mapping per epoch; what is missing or None stays empty.
    """
    has_folds = any("fold" in row for row in history)
    names = ["fold", *columns] if has_folds else list(columns)
    rows = [["" if row.get(name) is None else row[name] for name in names] for row in history]
    write_csv(path / "history.csv", names, rows)


def configuration_of(options: Any) -> dict[str, Any]:
    """An options dataclass as the plain dict that run.json keeps."""
    return {item.name: plain(getattr(options, item.name)) for item in fields(options)}


def plain(value: Any) -> Any:
    """A value as JSON knows it; paths become text."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value
