"""An extension of the docstrings' reader: sessions such as `>>> x` become code wherever they stand."""

from __future__ import annotations

import re
from textwrap import indent
from typing import Any

from griffe import Extension


class Doctests(Extension):
    """Give each session the heading that the reader knows, `Examples:`."""

    def on_instance(self, *, obj: Any, **_: Any) -> None:
        if obj.docstring and ">>> " in obj.docstring.value:
            obj.docstring.value = headed(obj.docstring.value)


def headed(text: str) -> str:
    text, renamed = re.subn(r"^Example:$", "Examples:", text, flags=re.MULTILINE)
    if renamed:
        return text
    prose, session = re.split(r"^(?=>>> )", text, maxsplit=1, flags=re.MULTILINE)
    return f"{prose.rstrip()}\n\nExamples:\n{indent(session, '    ')}"
