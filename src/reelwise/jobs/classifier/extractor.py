"""Where the weights of a frozen extractor come from, such as the image network of ``application_lstm``."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwise.core.errors import UsageError
from reelwise.core.local_paths import not_a_file
from reelwise.jobs.classifier.inputs import full_name
from reelwise.jobs.classifier.model_request import ModelRequest
from reelwise.models.catalogue import parse_model_name


@dataclass(frozen=True)
class ExtractorWeights:
    """Weights that are loaded and never trained.

    Args:
        application: The Keras application.
        path: Its file of weights; None for none.
        download: Whether Keras may download them.
    """

    application: str
    path: Path | None
    download: bool


def find_extractor(request: ModelRequest, name: str) -> ExtractorWeights | None:
    """Where the frozen extractor of a model gets its weights; random ones are never used.

    Args:
        request: What the command asks of models; its ``--from`` model brings its own weights when it is of this kind.
        name: As in ``--model``.

    Raises:
        UsageError: There are no weights for it, or two sources.
    """
    entry, preset = parse_model_name(name)
    if not entry.frozen_extractor:
        return None
    path, download = request.extractor_weights, request.download_weights
    has_source = path is not None or download
    if request.starts_as(entry.name):
        if has_source:
            text = f"the --from model is an {entry.name} and brings its image network along."
            raise UsageError(text, hint="Leave --extractor-weights and --download-weights out.")
        return None
    application = str(entry.resolve(preset)["application"])
    if not has_source:
        text = f"{full_name(name)} looks through {application}, whose weights do not come with Reelwise."
        hint = "Give a file of them with --extractor-weights, or let Keras download them with --download-weights."
        raise UsageError(text, hint=hint)
    return ExtractorWeights(application, path, download)


def find_extractors(request: ModelRequest) -> Sequence[ExtractorWeights]:
    """Those of all models that are named, each once."""
    extractors = [find_extractor(request, name) for name in request.model_names]
    return list(dict.fromkeys(extractor for extractor in extractors if extractor is not None))


def check_extractor(request: ModelRequest, *, has_start: bool) -> None:
    """Weights for a frozen extractor are there where they are needed, and only there.

    Args:
        request: What the command asks of models.
        has_start: Whether there is a ``--from`` model that was not read yet; it may bring the weights.

    Raises:
        UsageError: They are missing, not needed, or given twice.
    """
    path, download = request.extractor_weights, request.download_weights
    if path is not None and download:
        text = "--extractor-weights and --download-weights were both given."
        raise UsageError(text, hint="Leave one of them out.")
    if path is not None and not path.is_file():
        raise UsageError(not_a_file(path), hint="Check the spelling of --extractor-weights.")
    names = [name for name in request.model_names if parse_model_name(name)[0].frozen_extractor]
    if (path is not None or download) and not names:
        flag = "--download-weights" if path is None else "--extractor-weights"
        models = ",".join(request.names)
        raise UsageError(f"{flag} was given, but {models} learns all of its weights.", hint=f"Leave {flag} out.")
    if not has_start:
        for name in names:
            find_extractor(request, name)
