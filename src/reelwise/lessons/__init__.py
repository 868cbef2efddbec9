"""The seven teaching functions with which a person learns the subject."""
