"""Dense layers over columns of metadata."""
