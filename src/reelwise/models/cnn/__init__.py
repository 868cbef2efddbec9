"""A convolutional network for each frame, averaged over time."""
