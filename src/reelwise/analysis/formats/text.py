"""Names from strangers as text that no format mistakes for its own syntax."""

import re
import string
from collections.abc import Mapping
from pathlib import Path, PurePath

from reelwise.analysis.results import Analysis, Item
from reelwise.core.number_text import short_number

_ADDRESS_CHARACTERS = frozenset(string.ascii_letters + string.digits + "/._-~")
"""Characters that an address keeps. Source: RFC 3986, unreserved, and the slash between folders."""

STDIN_NAME = "-"
"""What an analysis names as the file of a video that came on stdin; no file has this whole path."""

_MARKDOWN_SYNTAX = re.compile(r"([\\`*_{}\[\]()<>#|!~])")


def one_line(text: str) -> str:
    r"""Text on one line that every encoder takes.

    Control characters, line ends, marks that turn the direction of writing and halves of surrogates become a space;
    empty text becomes ``-``.

    Example:
        >>> one_line(" two\nlines\x00")
        'two lines'
    """
    if not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(text.split()) or "-"


def spreadsheet_text(text: str) -> str:
    """Text that a spreadsheet shows and never runs as a formula.

    Example:
        >>> spreadsheet_text("=1+1"), spreadsheet_text("shot")
        ("'=1+1", 'shot')
    """
    text = one_line(text)
    return f"'{text}" if text[0] in "=+-@" and text != "-" else text


def cue_text(text: str) -> str:
    """Text of a WebVTT cue: no tag, no entity, no arrow.

    Example:
        >>> cue_text("<b> --> &")
        '&lt;b&gt; --&gt; &amp;'
    """
    return one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def markdown_text(text: str) -> str:
    r"""Text that Markdown shows as it is.

    Example:
        >>> markdown_text("a_b <script>")
        'a\\_b \\<script\\>'
    """
    return _MARKDOWN_SYNTAX.sub(r"\\\1", one_line(text).replace("&", "&amp;"))


def markdown_address(path: str) -> str:
    """A relative path as the address of a Markdown link or picture.

    Example:
        >>> markdown_address("thumbs/a b(1).jpg"), markdown_address("javascript:x")
        ('thumbs/a%20b%281%29.jpg', 'javascript%3Ax')
    """
    octets = path.encode("utf-8", "replace")
    return "".join(chr(octet) if chr(octet) in _ADDRESS_CHARACTERS else f"%{octet:02X}" for octet in octets)


def label_text(text: str) -> str:
    """A label or the name of a measure as words.

    Example:
        >>> label_text("short_term")
        'short term'
    """
    return one_line(text.replace("_", " "))


def measure_text(name: str, value: float, units: Mapping[str, str]) -> str:
    """One measure with its unit.

    Example:
        >>> measure_text("loudness", -8.83, {"loudness": "LUFS"})
        'loudness −8.83 LUFS'
    """
    unit = units.get(name, "")
    return f"{label_text(name)} {short_number(value)}" + (f" {one_line(unit)}" if unit else "")


def measures_text(item: Item, units: Mapping[str, str]) -> str:
    """Score and measures of an item; a score of 1.00 goes without saying.

    Example:
        >>> from reelwise.analysis.results import Moment
        >>> start = Moment(0, 0, 0.0, None)
        >>> measures_text(Item("", "zoom_in", 0.712, start, start, values={"pan": 2.0, "zoom": 21.07}), {"zoom": "%/s"})
        'score 0.71, zoom 21.1 %/s'
    """
    score, values = f"{item.score:.2f}", values_text(item, units)
    return ", ".join([*([f"score {score}"] if score != "1.00" else []), *([values] if values else [])])


def values_text(item: Item, units: Mapping[str, str]) -> str:
    """The measures of an item; of a zoom its other speeds go without saying."""
    own = {name: value for name, value in item.values.items() if item.label in (name, f"{name}_in", f"{name}_out")}
    return ", ".join(measure_text(name, value, units) for name, value in (own or item.values).items())


def video_name(analysis: Analysis) -> str:
    """The name of the video's file, on one line; ``stdin`` where there was none."""
    return "stdin" if analysis.media.file == STDIN_NAME else one_line(PurePath(analysis.media.file).name)


def video_stem(analysis: Analysis) -> str:
    """The name of the video's file without its suffix, on one line; ``stdin`` where there was none."""
    return one_line(PurePath(video_name(analysis)).stem)


def video_address(analysis: Analysis) -> str | None:
    """The video as a ``file:`` address; None for a video that came on stdin."""
    path = analysis.media.file
    if path == STDIN_NAME:
        return None
    try:
        return Path(path).absolute().as_uri()
    except UnicodeEncodeError:  # half of a surrogate that no file system gives
        return Path(path.encode("utf-8", "replace").decode()).absolute().as_uri()
