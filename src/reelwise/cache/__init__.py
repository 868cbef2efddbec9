"""Decoded once: frames and sound on disk by content and settings, with locks, a space limit and scratch folders."""
