"""Networks of scalar Values; layers, losses and training come with a later version."""
