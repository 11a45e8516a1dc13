"""A plugin for pytest: where `assert certificate(J)` or `assert report` fails, the table stands first in the message.

pytest loads it by itself where chalkgrad is installed; elsewhere, `pytest -p autograd.verify.pytest_plugin`.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any


def pytest_runtest_makereport(item: Any, call: Any) -> None:
    """Put the tables of what an assert speaks of above its message, before pytest writes the report."""
    error = call.excinfo.value if call.excinfo else None
    if isinstance(error, AssertionError) and "autograd.verify.report" in sys.modules:
        tables = _tables(error.__traceback__, str(error))
        error.args = ("\n\n".join([*tables, str(error)]),) if tables else error.args


def _tables(traceback: TracebackType | None, message: str) -> list[str]:
    """The outcomes among the names where the assert failed, and among what pytest keeps of its parts beside them."""
    outcome = sys.modules["autograd.verify.report"].Outcome
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    names = traceback.tb_frame.f_locals if traceback else {}
    tables = {str(x): name for name, x in names.items() if isinstance(x, outcome)}
    return [table for table, name in tables.items() if name[0] == "@" or table.partition("\n")[0] in message]
