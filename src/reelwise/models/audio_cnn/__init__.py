"""A convolutional network over the spectrogram of a clip."""
