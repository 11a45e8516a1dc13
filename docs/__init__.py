"""The documentation: pages written by hand, and a generator of everything that follows from code and examples."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
