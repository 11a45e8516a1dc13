"""Settings for hypothesis: no deadlines, and the same examples in every run."""

from hypothesis import settings

settings.register_profile("chalkgrad", deadline=None, max_examples=80, derandomize=True, print_blob=True)
settings.load_profile("chalkgrad")
