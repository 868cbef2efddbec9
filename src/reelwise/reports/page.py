"""From a template to one safe page: everything escaped, nothing from elsewhere, no script but one of ours."""

import base64
import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_FOLDER = Path(__file__).parent / "templates"
# Characters that a name may hold to look like another name: controls, and those that turn the direction of writing.
_HIDDEN = {"Cc", "Cs", "Co", "Cn"}
_TURNING = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def render(template: str, css: str, **values: Any) -> str:
    """One HTML page from ``templates/<template>`` with ``templates/<css>`` inside.

    Every value is escaped and stripped of what could hide in it; the page's own policy forbids scripts and anything
    from elsewhere, and allows only this one style sheet, by its hash.

    Args:
        template: File name of the Jinja template.
        css: File name of the style sheet.
        values: What the template shows.
    """
    style = _text_of(css)
    policy = f"default-src 'none'; img-src data:; media-src data:; style-src {_source_of(style)}"
    return _render(template, style, policy, values)


def render_with_script(template: str, css: str, scripts: Sequence[str], **values: Any) -> str:
    """A page like those of ``render`` that also runs a script of ours, and shows a video and pictures beside it.

    The policy allows this one script by its hash. Files beside a page that was opened from a disk have no origin, so
    ``file:`` must be allowed; what a script could do with it is bounded by the script being ours alone.

    Args:
        template: File name of the Jinja template, which has a place for ``script``.
        css: File name of the style sheet.
        scripts: File names of the parts of the script, in order.
        values: What the template shows.
    """
    style = _text_of(css)
    script = '"use strict";\n(() => {\n' + "".join(_text_of(part) for part in scripts) + "})();\n"
    sources = "img-src data: file: 'self'; media-src 'self' file:"
    policy = f"default-src 'none'; {sources}; style-src {_source_of(style)}; script-src {_source_of(script)}"
    return _render(template, style, policy, values | {"script": Markup(script)})


def _render(template: str, style: str, policy: str, values: Mapping[str, Any]) -> str:
    page = _environment().get_template(template)
    policy = f"{policy}; base-uri 'none'; form-action 'none'"
    return page.render(style=Markup(style), policy=policy, **values)


def _text_of(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _source_of(text: str) -> str:
    """What a policy calls a style or script inside the page."""
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    return f"'sha256-{digest}'"


def clean_text(value: Any) -> Any:
    r"""Text that shows what it holds: hidden, unpaired and direction-turning characters become escapes.

    Args:
        value: Text; anything else, and markup of our own, is handed back as it is.

    Example:
        >>> print(clean_text("evil\u202egpj.exe"), clean_text("日本.mp4"))
        evil\u202egpj.exe 日本.mp4
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    # A number keeps its percent sign: a no-break space between them.
    return "".join(_escape_if_hidden(character) for character in value).replace(" %", "\u00a0%")


def sentence(text: str) -> str:
    """Text with a capital first letter and a full stop, unless it begins with the name of a file.

    Example:
        >>> sentence("split by group"), sentence("a.mp4: no sound"), sentence("")
        ('Split by group.', 'a.mp4: no sound.', '')
    """
    if not text:
        return ""
    first_word = text.split(maxsplit=1)[0].rstrip(":,.")
    begins_with_file = "." in first_word or "/" in first_word
    return f"{text[0] if begins_with_file else text[0].upper()}{text[1:].rstrip('.')}."


def data_uri(content: bytes, media_type: str) -> str:
    """``data:<type>;base64,…`` for a picture inside the page."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"


def human_bytes(number: int | float | None) -> str:
    """``1234567`` as ``1.2 MB``; empty for None.

    Example:
        >>> human_bytes(1234567), human_bytes(900)
        ('1.2 MB', '900 B')
    """
    if number is None:
        return ""
    for unit in ("B", "kB", "MB"):
        if number < 1000:
            return f"{number:.3g} {unit}" if unit == "B" or number >= 10 else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"


def human_count(number: int | float | None) -> str:
    """``1234567`` as ``1.2 M``, for counts of weights; empty for None."""
    if number is None:
        return ""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:.0f}"


def _escape_if_hidden(character: str) -> str:
    if character in "\n\t":
        return character
    if character in _TURNING or unicodedata.category(character) in _HIDDEN:
        return character.encode("unicode_escape").decode("ascii")
    return character


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        finalize=clean_text,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: Mapping[str, Any] = {"human_bytes": human_bytes, "human_count": human_count}
    environment.filters.update(filters)
    return environment
