"""One file per export format: an Analysis in, the text or bytes of one file out."""
