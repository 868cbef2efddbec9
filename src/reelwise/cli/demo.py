"""``reelwise demo``: the whole job on clips that it makes itself."""

from typing import Annotated, Any

from cyclopts import Parameter

from reelwise.cli import output
from reelwise.cli.progress import make_progress
from reelwise.cli.train import print_run
from reelwise.cli.visible_text import visible
from reelwise.jobs.runs.options import DemoOptions

DEFAULTS = DemoOptions()


def command(
    options: Annotated[DemoOptions, Parameter(name="*")] = DEFAULTS, *, json: bool = False, quiet: bool = False
) -> None:
    """Make a small labelled video set with sound and metadata, train, evaluate, predict, and show where everything is.

    With `--generate` make new video instead: one model goes on from clips, another draws new ones by class.

    Example: `reelwise demo`

    Args:
        options: Where to, and the seed.
        json: Print metrics.json and nothing else on stdout; with `--generate` that of both models (reelwise/demo/1).
        quiet: No progress, only warnings.
    """
    from reelwise.jobs.demo import demo_job
    from reelwise.jobs.generation_demo import generation_demo_job

    progress = make_progress(quiet)
    try:
        demo: Any = generation_demo_job(options, progress) if options.generate else demo_job(options, progress)
    finally:
        progress.close()
    if json:
        output.print_json(demo.document)
    elif options.generate:
        print_new_video(demo.predictor, "two digits, and test clips that the model went on from:")
        print()
        print_new_video(demo.generator, "one digit, and new clips that the model drew:")
    else:
        print_run(demo.run)
        print_predictions(demo)


def print_predictions(demo: Any) -> None:
    """Where the clips are, and what the model says of new ones."""
    from reelwise.cli.predict import line_of

    screen = output.console()
    screen.print(f"\nclips    {visible(str(demo.clips))}", soft_wrap=True)
    screen.print("three clips that were made after training, and their predictions:")
    for prediction in demo.predictions:
        print(f"  {line_of(prediction, 2)}")


def print_new_video(part: Any, title: str) -> None:
    """A model, and what it made."""
    from reelwise.cli.generate import print_samples

    print_run(part.run)
    output.console().print(f"\n{title}")
    print_samples(part.samples)
