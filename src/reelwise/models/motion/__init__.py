"""Only what moves, for small sets of clips."""
