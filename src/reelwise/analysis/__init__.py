"""What happens when: one pass over a whole video, and what its analyzers find; no Keras in here."""
