"""Networks and their files: one folder per family, its line in ``catalogue``; importing this loads nothing."""
