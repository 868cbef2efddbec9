"""Plain data that every other package speaks: numpy and the standard library only."""
