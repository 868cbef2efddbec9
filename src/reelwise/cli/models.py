"""``reelwise models``: the catalogue."""

from reelwise.cli import output
from reelwise.cli.visible_text import visible


def command(name: str = "", *, json: bool = False) -> None:
    """Show what models there are: what each is for, parameters, cost, licence of weights.

    Example: `reelwise models cnn_lstm`

    Args:
        name: One model, with its presets and arguments.
        json: Print one JSON document (reelwise/models/1) and nothing else on stdout.
    """
    from reelwise.jobs.models import models_document

    document = models_document(name)
    if json:
        output.print_json(document)
        return
    rows = []
    for entry in document["models"]:
        for number, preset in enumerate(entry["presets"]):
            cost = f"{preset['parameters']:,}", f"{preset['flops'] / 1e6:,.0f}" if preset["flops"] >= 1e6 else "< 1"
            rows.append((f"{entry['name']}:{preset['name']}", *cost, "" if number else entry["summary"]))
    columns = ("model", "parameters", "MFLOPs/clip", "what it is for")
    screen = output.console()
    screen.print(output.table("Models", columns, rows, numbers=(1, 2)))
    if not name:
        screen.print("`auto` chooses by the number of clips. Only `train --download-weights` ever downloads.")
        return
    entry = document["models"][0]
    arguments = [(key, str(value["default"]), value["range"]) for key, value in entry["arguments"].items()]
    screen.print(output.table("Arguments", ("argument", "default", "allowed"), arguments))
    screen.print(f"licence of weights: {visible(entry['weights'])}")
