"""Names from strangers as text that no format mistakes for its own syntax."""

import re
import string
from pathlib import Path, PurePath

from reelwise.analysis.results import Analysis

_ADDRESS_CHARACTERS = frozenset(string.ascii_letters + string.digits + "/._-~")
"""Characters that an address keeps. Source: RFC 3986, unreserved, and the slash between folders."""

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


def video_name(analysis: Analysis) -> str:
    """The name of the video's file, on one line."""
    return one_line(PurePath(analysis.media.file).name)


def video_stem(analysis: Analysis) -> str:
    """The name of the video's file without its suffix, on one line."""
    return one_line(PurePath(analysis.media.file).stem)


def video_address(analysis: Analysis) -> str:
    """The video as a ``file:`` address."""
    path = analysis.media.file
    try:
        return Path(path).absolute().as_uri()
    except UnicodeEncodeError:  # half of a surrogate that no file system gives
        return Path(path.encode("utf-8", "replace").decode()).absolute().as_uri()
