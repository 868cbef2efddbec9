"""Numbers from predictions, in plain numpy."""
