"""Plain data that every other package uses: numpy and the standard library only."""
