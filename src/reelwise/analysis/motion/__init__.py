"""Motion: how the camera moves, how much changes, and where the picture stands still."""
