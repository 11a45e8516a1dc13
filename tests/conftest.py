"""Settings for hypothesis: the same examples in every run; `--hypothesis-profile=soak` searches for long."""

from hypothesis import settings

settings.register_profile("chalkgrad", deadline=None, max_examples=120, derandomize=True, print_blob=True)
settings.register_profile("soak", deadline=None, max_examples=10_000, print_blob=True)
settings.load_profile("chalkgrad")
