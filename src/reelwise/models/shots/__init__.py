"""The Keras twin of the shot detector's network, for training it."""
