"""Metadata columns: where their values come from and how they are encoded for a network."""
