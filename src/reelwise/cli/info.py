"""``reelwise info``: what a video, a model or a run is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from reelwise.cli import output
from reelwise.jobs.runs.options import InfoOptions


def command(options: Annotated[InfoOptions, Parameter(name="*")], *, json: bool = False, quiet: bool = False) -> int:
    """Show what a video, a model or a run is; frames are counted by decoding, no header is trusted.

    In a terminal with colours it also shows pictures of a video and its sound; --out writes them as a page.

    Example: `reelwise info holiday.mp4 --out holiday.html`

    Args:
        options: The path.
        json: Print one JSON document (reelwise/info/1) and nothing else on stdout.
        quiet: Only the facts: no pictures in the terminal.
    """
    from reelwise.jobs.info import look_job

    shows = not (json or quiet) and output.can_show(output.console())
    document, preview = look_job(options, with_pictures=shows)
    if json:
        output.print_json(document)
    else:
        print_info(document, options.out if document["status"] == "ok" else None)
    if preview is not None and shows:
        show_look(preview)
    return int(document["status"] != "ok")


def show_look(preview: Any) -> None:
    """Pictures of a video, then its sound."""
    from reelwise.cli.pictures import contact_sheet, spectrogram_lines

    screen = output.console()
    if preview.thumbnails:
        screen.print()
        for line in contact_sheet(preview.thumbnails, preview.facts.duration_seconds, screen.width):
            screen.print(line)
    if preview.sound is not None:
        screen.print()
        for line in spectrogram_lines(preview.sound.spectrogram, screen.width):
            screen.print(line)


def print_info(document: Mapping[str, Any], page: Path | None = None) -> None:
    """A two-column table, then the warnings."""
    screen = output.console()
    rows = [("kind", document["kind"])]
    if document["status"] != "ok":
        rows += [(key, document[key]) for key in ("status", "reason", "hint") if document.get(key)]
    facts = dict(document.get(document["kind"]) or {})
    if isinstance(facts.get("sound"), dict):
        facts["sound"] = sound_text(facts["sound"])
    if isinstance(facts.get("training"), dict) and document["kind"] == "detector":
        facts["training"] = {
            name: f"{len(fact)} files" if isinstance(fact, list) else fact for name, fact in facts["training"].items()
        }
    rows += [(key.replace("_", " "), text_of(value)) for key, value in facts.items()]
    rows += [("page", str(page))] if page else []
    screen.print(output.table(document["file"], ("", ""), rows))
    for warning in document.get("warnings", []):
        screen.print(output.with_word("warning", "yellow", warning))


def sound_text(sound: dict[str, Any]) -> str:
    """A sound track on one line.

    Example:
        >>> sound_text({"codec": "aac", "sample_rate": 48000, "num_channels": 2, "loudness_lufs": -23.04})
        'aac, 48000 Hz, stereo, -23.0 LUFS'
    """
    number = sound["num_channels"]
    rate, channels = sound["sample_rate"], {1: "mono", 2: "stereo"}.get(number, f"{number} channels")
    parts = [sound["codec"], *([f"{rate} Hz"] if rate else []), *([channels] if number else [])]
    if "loudness_lufs" in sound:
        parts.append(f"{sound['loudness_lufs']:.1f} LUFS")
    shares = (("silent_share", "silent"), ("missing_share", "without sound"))
    parts += [f"{100 * sound[key]:.0f} % {word}" for key, word in shares if sound.get(key, 0) >= 0.005]
    return ", ".join(parts)


def text_of(value: Any) -> str:
    """A JSON value on one line."""
    if isinstance(value, dict):
        texts = (f"{key.replace('_', ' ')} {text_of(item)}" for key, item in value.items() if item is not None)
        return ", ".join(texts) or "none"
    if isinstance(value, list):
        return ", ".join(map(text_of, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
