"""Signals from clips: motion energy, oriented gradients, descriptors of single frames."""
