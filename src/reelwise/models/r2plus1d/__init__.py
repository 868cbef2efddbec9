"""Residual blocks of convolution over space, then over time."""
