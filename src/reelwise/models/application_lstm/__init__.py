"""An LSTM over the features of a frozen Keras application."""
