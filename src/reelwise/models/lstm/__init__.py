"""An LSTM over descriptors of the frames."""
