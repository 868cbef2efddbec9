"""Predictions: the views of a video through a network, averaged."""
