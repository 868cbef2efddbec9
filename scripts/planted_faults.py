"""Plants one fault per check and per import contract in a copy of the tree, and says which of them go unseen.

``scripts/see_checks_fail`` calls it. Arguments are parts of names: ``scripts/see_checks_fail families door-av`` plants
only the faults of these. Every check must first pass on the copy without a fault, or its failure would prove nothing.
"""

import configparser
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
BIN = REPOSITORY / ".venv" / "bin"
LONG_BODY = "    print(1)\n" * 60
"""60 lines: more than the 50 that a function may have."""

COMMANDS = {
    "ruff": [BIN / "ruff", "check", "--quiet", "{path}"],
    "format": [BIN / "ruff", "format", "--check", "{path}"],
    "types": [BIN / "basedpyright", "--warnings", "{path}"],
    "levels and doors": [BIN / "lint-imports", "--no-logo"],
    "sizes": [BIN / "python", "scripts/sizes.py", "src"],
    "names": [BIN / "python", "scripts/names.py"],
    "task names": [BIN / "python", "scripts/task_names.py"],
    "code map": [BIN / "python", "scripts/codemap.py", "--check"],
    "reference": [BIN / "python", "scripts/reference.py", "--check"],
}
"""The checks of ``scripts/check`` by their names there, each aimed at what a fault touches; and the generated pages."""


def command(check: str, path: str) -> list[str]:
    """The command line of a check; those that look at single files look at ``path``."""
    return [str(part).format(path=path) for part in COMMANDS[check]]


@dataclass(frozen=True)
class Fault:
    """One breach: a file that is added or lengthened, the check that must see it, and a part of what it then prints."""

    check: str
    path: str
    text: str
    message: str
    contract: str = ""

    def command(self) -> list[str]:
        """The check, aimed at this fault: at its file, or at its contract."""
        aim = ["--contract", self.contract] if self.contract else []
        return command(self.check, self.path) + aim

    def name(self) -> str:
        """What stands in the list: the contract or the check, the file, and the line that breaks it."""
        line = next((line for line in self.text.splitlines() if line and not line.startswith('"""')), "a new file")
        return f"{self.contract or self.check}: {self.path.removeprefix('src/reelwise/')}: {line.strip()}"


def forbidden_import(contract: str, package: str, module: str) -> Fault:
    """A new module ``planted.py`` in a package that imports what the contract forbids it to import."""
    planted_module = f"reelwise.{package.replace('/', '.')}.planted"
    text = f'"""X."""\n\nimport {module}\n'
    return Fault("levels and doors", f"src/reelwise/{package}/planted.py", text, planted_module, contract)


FAULTS = (
    # A level may not import what lies above it, nor its neighbour; a module without a level is refused as well.
    forbidden_import("levels", "core", "reelwise.media.limits"),
    forbidden_import("levels", "cache", "reelwise.datasets.dataset"),
    forbidden_import("levels", "datasets", "reelwise.models.file"),
    forbidden_import("levels", "reports", "reelwise.jobs.train"),
    Fault("levels and doors", "src/reelwise/wrongroom/__init__.py", '"""X."""\n', "wrongroom", "levels"),
    forbidden_import("levels-media", "media/readers", "reelwise.media.workers.pool"),
    forbidden_import("levels-datasets", "datasets/lists", "reelwise.datasets.labels.groups"),
    forbidden_import("levels-jobs", "jobs/runs", "reelwise.jobs.train"),
    Fault("levels and doors", "src/reelwise/media/planted.py", '"""X."""\n', "planted", "levels-media"),
    Fault("levels and doors", "src/reelwise/datasets/planted.py", '"""X."""\n', "planted", "levels-datasets"),
    # A new job is a room of its own at once, without a line in the contract.
    forbidden_import("jobs", "jobs", "reelwise.jobs.predict"),
    # A family may not import another one, whether it is an old one or was made a minute ago.
    forbidden_import("families", "models/audio_lstm", "reelwise.models.cnn.backbone"),
    forbidden_import("families", "models/brand_new", "reelwise.models.cnn.backbone"),
    forbidden_import("plain-core", "core", "pydantic"),
    forbidden_import("plain-core", "core", "keras"),
    forbidden_import("door-backends", "training", "tensorflow"),
    forbidden_import("door-backends", "models/cnn", "torch"),
    forbidden_import("door-backends", "layers", "jax"),
    forbidden_import("door-keras", "catalog", "keras"),
    forbidden_import("door-keras", "datasets/lists", "keras"),
    forbidden_import("door-keras", "tasks", "keras"),
    forbidden_import("door-keras", "cli", "keras"),
    forbidden_import("analysis-without-keras", "analysis", "reelwise.inference.model"),
    forbidden_import("door-av", "catalog", "av"),
    forbidden_import("door-av", "layers", "av"),
    forbidden_import("door-av", "jobs", "av"),
    forbidden_import("door-terminal", "layers", "rich"),
    forbidden_import("door-terminal", "jobs", "cyclopts"),
    forbidden_import("door-parquet", "datasets/lists", "pyarrow"),
    forbidden_import("door-otio", "analysis/formats", "opentimelineio"),
    forbidden_import("door-otio", "reports", "opentimelineio"),
    forbidden_import("door-network", "datasets/lists", "urllib.request"),
    forbidden_import("door-network", "models", "socket"),
    forbidden_import("door-network", "cli", "fastapi"),
    Fault("ruff", "src/reelwise/core/planted.py", '"""X."""\n\nassert 1\n', "S101"),
    Fault("ruff", "src/reelwise/core/planted.py", '"""X."""\n\nprint(1)\n', "T201"),
    Fault("ruff", "src/reelwise/core/planted.py", '"""X."""\n\nfrom .clip import ClipSpec as ClipSpec\n', "TID252"),
    Fault("ruff", "src/reelwise/core/planted.py", '"""X."""\n\nimport pickle\n\npickle.loads(b"")\n', "TID251"),
    Fault("ruff", "src/reelwise/cache/planted.py", '"""X."""\n\nimport cv2\n\ncv2.VideoCapture("a.mp4")\n', "TID251"),
    Fault("format", "src/reelwise/core/planted.py", '"""X."""\n\nx=  1\n', "planted.py"),
    Fault("types", "src/reelwise/core/planted.py", '"""X."""\n\nBAD: int = "a"\n', "reportAssignmentType"),
    Fault("sizes", "src/reelwise/core/utils.py", '"""X."""\n', "says nothing"),
    Fault(
        "sizes", "src/reelwise/core/planted.py", f'"""X."""\n\n\ndef long():\n    """X."""\n{LONG_BODY}', "planted.py:4"
    ),
    Fault("sizes", "src/reelwise/core/planted.py", '"""X."""\n' + "#\n" * 500, "501 lines"),
    Fault(
        "task names", "src/reelwise/core/planted.py", '"""X."""\n\nX = __name__ in ("regression",)\n', "planted.py:3"
    ),
    Fault("names", "src/reelwise/tasks/planted.py", '"""X."""\n\ntold = 1\n', "told"),
    Fault("names", "src/reelwise/tasks/planted.py", '"""X."""\n\n\ndef hear(recipe):\n    """X."""\n', "recipe"),
    Fault("code map", "src/reelwise/core/planted.py", '"""A new module."""\n', "not current"),
    Fault("code map", "src/reelwise/core/planted.py", "PLANTED = 1\n", "no docstring"),
    Fault(
        "reference", "docs/reference/models.md", "A line that the code does not write.\n", "models.md is not current"
    ),
)


def main() -> int:
    """Plant every fault, one at a time; the exit status is 1 if a check missed one, or failed without one."""
    faults = [fault for fault in FAULTS if not sys.argv[1:] or any(part in fault.name() for part in sys.argv[1:])]
    problems = [f"no planted fault: {name}" for name in names_without_a_fault()]
    with copy_of_the_tree() as copy:
        for check in dict.fromkeys(fault.check for fault in faults):
            if output := failure(command(check, "src/reelwise/core"), copy):
                problems.append(f"fails without a fault: {check}\n{output}")
        for fault in faults:
            with planted(fault, copy):
                is_seen = fault.message in failure(fault.command(), copy)
            print(f"{'seen  ' if is_seen else 'MISSED'}  {fault.name()}", flush=True)
            problems += [] if is_seen else [f"missed: {fault.name()}"]
    print("\n".join(problems) or f"all {len(faults)} planted faults are seen")
    return int(bool(problems))


def names_without_a_fault() -> set[str]:
    """Import contracts and checks of ``scripts/check`` against which no fault is planted."""
    contracts = configparser.ConfigParser()
    contracts.read(REPOSITORY / ".importlinter")
    prefix = "importlinter:contract:"
    names = {section.removeprefix(prefix) for section in contracts.sections() if section.startswith(prefix)}
    script = (REPOSITORY / "scripts" / "check").read_text(encoding="utf-8")
    checks = {line.split('"')[1] for line in script.splitlines() if line.startswith('run "')}
    return (names - {fault.contract for fault in FAULTS}) | (checks - {fault.check for fault in FAULTS})


@contextmanager
def copy_of_the_tree() -> Iterator[Path]:
    """A temporary folder with every file that git tracks or would add, and a link to the environment."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in filter(None, listing.stdout.split("\0")):
            if (REPOSITORY / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(REPOSITORY / name, copy / name)
        (copy / ".venv").symlink_to(REPOSITORY / ".venv")
        yield copy


@contextmanager
def planted(fault: Fault, copy: Path) -> Iterator[None]:
    """The copy with the fault in it; afterwards without."""
    path = copy / fault.path
    before = path.read_text(encoding="utf-8") if path.exists() else None
    new_folders = [folder for folder in path.parents if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    # A folder without __init__.py is not yet a package to the import linter.
    for folder in new_folders:
        (folder / "__init__.py").write_text('"""X."""\n', encoding="utf-8")
    path.write_text((before or "") + fault.text, encoding="utf-8")
    try:
        yield
    finally:
        path.unlink()
        for folder in new_folders:
            shutil.rmtree(folder)
        if before is not None:
            path.write_text(before, encoding="utf-8")


def failure(arguments: list[str], copy: Path) -> str:
    """What a check printed if it failed in the copy; empty if it passed."""
    # The copy's own reelwise comes before the one that is installed in the environment. Broad lines break no name.
    environment = os.environ | {"PYTHONPATH": "src", "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "300"}
    result = subprocess.run(arguments, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    return (result.stdout + result.stderr or "no output") if result.returncode else ""


if __name__ == "__main__":
    sys.exit(main())
