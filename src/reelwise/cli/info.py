"""``reelwise info``: what a video, a model or a run is."""

from typing import Annotated, Any

from cyclopts import Parameter

from reelwise.cli import output
from reelwise.jobs.options import InfoOptions


def command(options: Annotated[InfoOptions, Parameter(name="*")], *, json: bool = False, quiet: bool = False) -> int:
    """Say what a video, a model or a run is; counted by decoding, never believed from a header.

    Example: `reelwise info holiday.mp4`

    Args:
        options: The path.
        json: Print one JSON document (reelwise/info/1) and nothing else on stdout.
        quiet: Accepted for sameness; there is no progress.
    """
    from reelwise.jobs.info import info_job

    document = info_job(options)
    if json:
        output.print_json(document)
    else:
        print_info(document)
    return int(document["status"] != "ok")


def print_info(document: dict[str, Any]) -> None:
    """A two-column table, then the warnings."""
    screen = output.console()
    rows = [("kind", document["kind"])]
    if document["status"] != "ok":
        rows += [(key, document[key]) for key in ("status", "reason", "hint") if document.get(key)]
    rows += [(key.replace("_", " "), text_of(value)) for key, value in (document.get(document["kind"]) or {}).items()]
    screen.print(output.table(document["file"], ("", ""), rows))
    for warning in document.get("warnings", []):
        screen.print(f"[yellow]warning[/yellow] {output.escape(warning)}")


def text_of(value: Any) -> str:
    """A JSON value on one line."""
    if isinstance(value, dict):
        told = (f"{key.replace('_', ' ')} {text_of(item)}" for key, item in value.items() if item is not None)
        return ", ".join(told) or "none"
    if isinstance(value, list):
        return ", ".join(map(text_of, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
