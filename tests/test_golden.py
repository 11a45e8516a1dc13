"""The golden files, and the command that makes them anew."""

import pytest

from tests import GOLDEN
from tests.golden import FILES, write


@pytest.mark.parametrize("name", FILES)
def test_a_golden_file_holds_what_is_shown(name):
    assert FILES[name]() == (GOLDEN / name).read_text("utf-8"), "read the difference, then: python -m tests.golden"


def test_the_command_makes_every_file_byte_for_byte(tmp_path):
    write(tmp_path)
    kept = {path.name: path.read_bytes() for path in GOLDEN.iterdir() if path.suffix not in (".py", "")}
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == kept
