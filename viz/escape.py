"""A user's text is data: what each format needs so that it stays so."""

from __future__ import annotations

import re

from autograd.characters import printable

LINES = "\n\t"  # that a text in a picture may have


def xml(text: str) -> str:
    """Text for the content or an attribute of an XML element.

    >>> xml('<b> & "c"')
    '&lt;b&gt; &amp; &quot;c&quot;'
    """
    pairs = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
    return re.sub('[&<>"]', lambda c: pairs[c[0]], printable(text, LINES))


def record(text: str) -> str:
    r"""Text for a field of a DOT record label: every sign of its grammar with a backslash.

    >>> record(r"a|{b} \N")
    'a\\|\\{b\\}\\ \\\\N'
    """
    return re.sub(r"[\\{}|<> ]", r"\\\g<0>", printable(text, LINES)).replace("\n", r"\n")


def label(text: str) -> str:
    r"""Text for a DOT label that is not a record: backslashes doubled, line breaks as \n.

    >>> label(r"\N")
    '\\\\N'
    """
    return printable(text, LINES).replace("\\", r"\\").replace("\n", r"\n")
