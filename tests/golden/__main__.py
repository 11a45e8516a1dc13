"""`python -m tests.golden` makes the golden files anew."""

from tests.golden import write

if __name__ == "__main__":
    write()
