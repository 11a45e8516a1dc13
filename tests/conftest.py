"""Settings of all tests: the compiler checks its stages, hypothesis searches the same examples in every run.

`--hypothesis-profile=quick` tries fewer of them, `soak` far more.
"""

import os

from hypothesis import settings

os.environ["CHALKGRAD_VERIFY"] = "1"  # what each stage of the compiler returns

collect_ignore_glob = ["nn/keras_programs/*"]  # which a test runs

settings.register_profile("chalkgrad", deadline=None, max_examples=120, derandomize=True, print_blob=True)
settings.register_profile("quick", deadline=None, max_examples=25, derandomize=True, print_blob=True)
settings.register_profile("soak", deadline=None, max_examples=10_000, print_blob=True)
settings.load_profile("chalkgrad")
