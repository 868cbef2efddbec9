"""A network trained on a million photographs; its features describe any picture."""
