"""How fast, and against whom: one script per table, run by `python -m benchmarks`."""
