"""One sound track to samples on the clock of the frames."""
