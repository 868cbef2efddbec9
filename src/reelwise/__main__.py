"""``python -m reelwise``: the same as the console script."""

from reelwise.cli.main import main

if __name__ == "__main__":
    main()
