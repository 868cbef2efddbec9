"""I3D, a classifier of human actions by whose features generated clips are compared with real ones."""
