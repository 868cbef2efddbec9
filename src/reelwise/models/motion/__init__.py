"""A network on optical flow, for small sets of clips."""
