"""A recurrent state that is a picture."""
