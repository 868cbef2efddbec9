"""What jobs share: options, the run folder, its context, preparation of data, loading of models."""
