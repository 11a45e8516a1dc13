"""A recorded graph compiled: what scalars were written as is found to be matrices, and run as such."""
