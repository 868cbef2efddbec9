"""Training of the shot detector: takes are cut together, so that every boundary is known exactly."""
