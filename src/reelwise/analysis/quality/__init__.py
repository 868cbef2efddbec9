"""Quality: what is wrong with the picture, as far as it can be seen without knowing what it shows."""
