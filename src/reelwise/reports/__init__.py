"""Typed results turned into one HTML file that works offline."""
