"""An LSTM over the spectrogram of a clip."""
