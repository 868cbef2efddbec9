"""One training step for each back end: Keras' own arithmetic, without its bookkeeping between two steps."""
