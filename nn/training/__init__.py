"""Training: a model compiled once, then epochs of batches of steps, and who listens to them."""
