"""Checks of the options of a training that need no data, made before any folder is made."""

from reelwise.core.errors import UsageError
from reelwise.jobs.runs.option_checks import check_training
from reelwise.jobs.runs.options import TrainOptions

ABLATIONS = ("mask", "retrain", "off")
"""What ``--ablate`` may be."""


def check_options(options: TrainOptions) -> None:
    """Everything about a training that can be checked without the data.

    Raises:
        UsageError: An option out of its range, or a model that is not in the catalogue.
        DataError: Data or a list of splits that is not there.
    """
    from reelwise.jobs.classifier.extractor import check_extractor
    from reelwise.jobs.classifier.inputs import check_inputs
    from reelwise.jobs.classifier.model_request import model_request
    from reelwise.models.catalogue import parse_model_name

    request = model_request(options)
    for name in request.model_names:
        parse_model_name(name)
    if options.num_targets is not None:
        raise UsageError("--num-targets makes no sense for models of labels.", hint="Leave it out.")
    check_inputs(request)
    if options.ablate not in ABLATIONS:
        raise UsageError(f"--ablate is {options.ablate!r}, expected mask, retrain or off.", hint="Leave it out.")
    if options.folds is not None and options.splits is not None:
        raise UsageError("--folds and --splits were both given.", hint="Leave one of them out.")
    check_extractor(request, has_start=options.from_model is not None)
    check_training(options)
