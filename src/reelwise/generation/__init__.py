"""Moving pictures that are predicted or generated, and what they are judged against."""
