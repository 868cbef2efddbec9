"""The names that ``--model`` lists."""

from reelwise.core.errors import UsageError


def model_names(text: str) -> tuple[str, ...]:
    """The names between the commas.

    Raises:
        UsageError: There is none.

    Example:
        >>> model_names("simvp, convlstm:base")
        ('simvp', 'convlstm:base')
    """
    names = tuple(word.strip() for word in text.split(",") if word.strip())
    if not names:
        raise UsageError("--model is empty.", hint="Use --model auto.")
    return names
