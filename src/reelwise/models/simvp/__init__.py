"""Frames that follow, by convolutions alone."""
