"""Frames and sound to new files: video, contact sheets, previews, annotated copies."""
