"""Training, validation and test indices that keep groups together."""
