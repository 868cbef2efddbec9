"""Which frames of a stream are kept, and where they are written."""
