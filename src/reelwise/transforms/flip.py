"""Whether the names of labels alone say that a mirrored clip keeps its label or loses it."""

import re
from collections.abc import Sequence

from reelwise.core.errors import UsageError

# Words that a mirror turns into another one, in languages that labels are often written in.
_PAIRS = (
    ("left", "right"),
    ("leftward", "rightward"),
    ("leftwards", "rightwards"),
    ("lefthand", "righthand"),
    ("clockwise", "counterclockwise"),
    ("clockwise", "anticlockwise"),
    ("cw", "ccw"),
    ("cw", "acw"),
    ("l", "r"),
    ("lr", "rl"),
    ("east", "west"),
    ("links", "rechts"),
    ("gauche", "droite"),
    ("izquierda", "derecha"),
    ("sinistra", "destra"),
    ("←", "→"),
    ("左", "右"),
)
# These alone are enough; of the others both sides must occur ("l" alone may be a size).
_CERTAIN = {"left", "right", "leftward", "rightward", "leftwards", "rightwards", "lefthand", "righthand"} | {
    "clockwise",
    "counterclockwise",
    "anticlockwise",
    "ccw",
    "acw",
    "←",
    "→",
    "左",
    "右",
}
_OTHER_WORDS = {"bright", "upright", "alright", "fright", "wright", "playwright", "outright", "downright"}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]|[←→]")


def mirror_changes(labels: Sequence[str]) -> str:
    """Why a mirror would make labels wrong; empty when it would not.

    Args:
        labels: The classes.

    Returns:
        A sentence for the user, or an empty text.

    Example:
        >>> mirror_changes(["wave", "turn_left", "turn_right"])
        "the label 'turn_left' names a side ('left'), so clips are not mirrored."
        >>> mirror_changes(["wave", "clap"])
        ''
    """
    words = {label: _words(label) for label in labels}
    all_words = set().union(*words.values()) if words else set()
    side_words = {word for pair in _PAIRS if set(pair) <= all_words for word in pair} | (all_words & _CERTAIN)
    for label in labels:
        if sides := sorted(words[label] & side_words):
            return f"the label '{label}' names a side ('{sides[0]}'), so clips are not mirrored."
    return ""


def choose_flip(option: str, labels: Sequence[str]) -> tuple[str, str]:
    """Whether training mirrors clips as far as the option and the names of the labels say, and a sentence on why not.

    Args:
        option: ``auto``, ``on`` or ``off``.
        labels: The classes.

    Returns:
        ``on``, ``off``, or ``ask`` where the training videos have to say it, and a sentence when the names decided
        against it or ``on`` looks wrong.

    Raises:
        UsageError: The option is none of these.
    """
    if option not in ("auto", "on", "off"):
        raise UsageError(f"flip is '{option}', expected auto, on or off.", hint="Leave --flip out.")
    reason = mirror_changes(labels) if option != "off" else ""
    if option == "on":
        warning = reason.replace("so clips are not mirrored", "yet --flip on mirrors clips")
        return "on", warning
    return ("off", reason) if reason or option == "off" else ("ask", "")


def _words(label: str) -> set[str]:
    """Lower-case words of a label: ``turnLeft``, ``turn_left``, ``turn-left`` and ``counter-clockwise`` alike."""
    text = re.sub(r"(counter|anti)[\W_]+(?=clock)", r"\1", label, flags=re.IGNORECASE)
    words = {word.lower() for word in _WORD.findall(text)}
    return words | {side for word in words for side in ("left", "right") if _contains_side(word, side)}


def _contains_side(word: str, side: str) -> bool:
    """``turnleft`` and ``leftturn``, but not ``bright`` or ``cleft``."""
    if word in _OTHER_WORDS or len(word) <= len(side) + 2:
        return False
    return word.startswith(side) or word.endswith(side)
