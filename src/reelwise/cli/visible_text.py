"""Text from files, as a terminal may have it: control characters and the like are written as escapes."""

import json
import re
from typing import Any

_INVISIBLE = re.compile("[^\x20-\x7e\xa1-\xac\xae-\xff]")
"""Characters that need a look at their category."""


def visible(text: str) -> str:
    r"""The text with every character that shows nothing, or that moves the cursor, as an escape.

    Example:
        >>> print(visible("a\x1b]0;title\x07 [b] :m: été\n"))
        a\x1b]0;title\x07 [b] :m: été\n
    """
    return _INVISIBLE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return match[0] if match[0].isprintable() else match[0].encode("unicode_escape").decode()


def json_text(value: Any, *, indent: int | None = 2, is_ascii: bool = False) -> str:
    r"""JSON whose texts are as visible as those of ``visible``, by the escapes of JSON.

    Args:
        value: Plain values.
        indent: Of its lines; None gives one line.
        is_ascii: Whether to escape everything but ASCII, for an encoding that has no more.

    Example:
        >>> print(json_text({"label": "a\x9bé"}, indent=None))
        {"label": "a\u009bé"}
    """
    text = json.dumps(value, indent=indent, ensure_ascii=is_ascii, allow_nan=False)
    return _INVISIBLE.sub(_escape_json, text)


def _escape_json(match: re.Match[str]) -> str:
    character = match[0]
    if character == "\n" or character.isprintable():  # line ends stand between values alone
        return character
    return json.dumps(character)[1:-1] if character != "\x7f" else "\\u007f"
