"""Other formats of an analysis: one file per format, listed in catalogue.py, written by exports.py."""
