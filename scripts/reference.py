"""Writes docs/reference from the code: commands, models and the Python names; ``--check`` only compares."""

import inspect
import io
import sys
from contextlib import redirect_stdout
from pathlib import Path

from python_reference import python_page
from reelwise.analysis.catalogue import CATALOGUE
from reelwise.analysis.formats.catalogue import FORMATS
from reelwise.catalog import Entry
from reelwise.cli.main import COMMANDS, app
from reelwise.core.modalities import SoundInput
from reelwise.models.catalogue import CATALOG

TARGET = Path("docs/reference")


def main() -> int:
    """Write the pages, or with ``--check`` say which are not current."""
    pages = {
        "commands.md": commands_page(),
        "analyzers.md": analyzers_page(),
        "exports.md": exports_page(),
        "models.md": models_page(),
        "python.md": python_page(),
    }
    if "--check" not in sys.argv[1:]:
        TARGET.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (TARGET / name).write_text(text, encoding="utf-8")
        return 0
    stale = [name for name, text in pages.items() if _read(TARGET / name) != text]
    for name in stale:
        print(f"{TARGET / name} is not current. Run: scripts/docs")
    return int(bool(stale))


def commands_page() -> str:
    """The help of every command, as it is printed on 100 columns."""
    from rich.console import Console

    lines = ["# Commands", "", "Made by `scripts/docs` from the code.", ""]
    for name in COMMANDS:
        text = io.StringIO()
        with redirect_stdout(text):
            app.help_print([name], console=Console(file=text, width=100, no_color=True, force_terminal=False))
        body = "\n".join(line.rstrip() for line in text.getvalue().strip().splitlines())
        lines += [f"## reelwise {name}", "", "```text", body, "```", ""]
    return "\n".join(lines)


def models_page() -> str:
    """Every entry of the catalogue with presets, cost and arguments."""
    lines = ["# Models", "", "Made by `scripts/docs` from the catalogue. Costs are for two labels.", ""]
    lines += ["Those that hear or read metadata are chosen by `--modalities`, `--sound-encoder` or `--model`.", ""]
    for entry in CATALOG:
        document = entry.to_json()
        lines += [f"## `{entry.name}`", "", f"{entry.summary} {entry.purpose}", ""]
        lines += ["| preset | parameters | MFLOPs per clip | clip |", "|---|---|---|---|"]
        for preset in document["presets"]:
            shape = _shape_of_input(entry, preset["clip"])
            lines.append(f"| {preset['name']} | {preset['parameters']:,} | {preset['flops'] / 1e6:,.0f} | {shape} |")
        lines += ["", "| argument | default | allowed | what it is |", "|---|---|---|---|"]
        for name, item in document["arguments"].items():
            lines.append(f"| `{name}` | {item['default']} | {item['range']} | {item['summary']} |")
        lines += ["", f"Weights: {entry.licence}.", ""]
    return "\n".join(lines)


def analyzers_page() -> str:
    """What each analyzer finds, and the units of what it measures."""
    lines = ["# What an analysis finds", "", "Made by `scripts/docs` from the catalogue.", ""]
    lines += [
        "`reelwise analyze` runs all of them in one pass; `--do shots,motion` runs some, and those that they need."
    ]
    lines += [
        "A model of yours adds a track of its own labels ([guide](../guides/analyze.md#your-own-classifier)).",
        "",
    ]
    for each in CATALOGUE:
        needs = f" Needs {', '.join(f'`{name}`' for name in each.needs)}." if each.needs else ""
        lines += [f"## `{each.name}`", "", f"{each.summary}{needs}", ""]
        if each.labels:
            rows = [f"| `{label}` | {meaning} |" for label, meaning in each.labels.items()]
            lines += ["| label | what it means |", "|---|---|", *rows, ""]
        if each.units:
            measures = ", ".join(f"`{name}` in {unit}" for name, unit in each.units.items())
            lines += [f"Measures: {measures}.", ""]
    return "\n".join(lines)


def exports_page() -> str:
    """Every export format: its files, what they are for, and what the format cannot hold."""
    lines = ["# Exports of an analysis", "", "Made by `scripts/docs` from the catalogue.", ""]
    lines += ["`reelwise analyze` writes all of them into `exports/` of each video's folder; `--from` makes them again"]
    lines += ["without decoding. index.json says which format cannot hold a video, and why; the others are there.", ""]
    for each in FORMATS:
        is_per_track = any("cues" in name or "json" in name for name in each.files)
        files = ", ".join(f"`{name.replace('*', '<track>' if is_per_track else 'N')}`" for name in each.files)
        text = (
            inspect.cleandoc(each.write.__doc__ or "")
            .replace("``", "`")
            .replace("Raises:\n    FormatError:", "Refused:")
        )
        lines += [f"## `{each.name}`", "", f"{each.summary[0].upper()}{each.summary[1:]}: {files}.", "", text, ""]
    return "\n".join(lines)


def _shape_of_input(entry: Entry, clip: dict[str, int]) -> str:
    """What the cost is for, in words."""
    if entry.modality == "sound":
        usual = SoundInput()
        return f"{usual.max_seconds} s of {usual.num_mels} mel bands"
    if entry.modality == "metadata":
        return "4 numbers, 4 categories of 10 values"
    frames = f"{clip['num_frames']} frames of {clip['input_size']}×{clip['input_size']}"
    return f"{frames}, and as many predicted" if entry.gives == "frames" else frames


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
