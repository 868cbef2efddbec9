"""The console script, and ``python -m reelwise``: Ctrl-C is answered from the first import on."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C while it is imported ends as one later does."""
    try:
        from reelwise.cli.main import main as run
    except KeyboardInterrupt:
        if sys.stderr is not None:
            sys.stderr.write("error: interrupted.\n")
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
