"""Settings of all tests: the compiler checks its stages, hypothesis searches the same examples in every run.

CI tries three times as many of them, `--hypothesis-profile=soak` far more.
"""

import gc
import os
import signal
import sys

from hypothesis import settings

signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell ignores for what it starts in the background
os.environ["CHALKGRAD_VERIFY"] = "1"  # what each stage of the compiler returns
os.environ["CHALKGRAD_CACHE"] = "off"  # of compiled programs: a test compiles what it is about

sys.dont_write_bytecode = False  # else each of many processes compiles the whole package anew
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

collect_ignore_glob = ["nn/keras_programs/*"]  # which a test runs

settings.register_profile("quick", deadline=None, max_examples=40, derandomize=True, print_blob=True)
settings.register_profile("ci", deadline=None, max_examples=120, derandomize=True, print_blob=True)
settings.register_profile("soak", deadline=None, max_examples=10_000, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "quick")


def pytest_collection_finish():
    """Tests themselves live to the end, so that the garbage collector need not look at them again and again."""
    gc.collect()
    gc.freeze()
