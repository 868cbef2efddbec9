"""A convolutional network per frame, a recurrent one over time."""
