"""A user's text is data: what each format needs so that it stays so."""

from __future__ import annotations

import re

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Characters that no XML may hold, as their control pictures, or as � where there is none.

    >>> printable("a\\x00b\\ud800")
    'a␀b�'
    """
    return _UNPRINTABLE.sub(lambda c: chr(0x2400 + ord(c[0])) if ord(c[0]) < 0x20 else "�", text)


def xml(text: str) -> str:
    """Text for the content or an attribute of an XML element.

    >>> xml('<b> & "c"')
    '&lt;b&gt; &amp; &quot;c&quot;'
    """
    pairs = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}
    return re.sub('[&<>"\r]', lambda c: pairs[c[0]], printable(text))


def record(text: str) -> str:
    r"""Text for a field of a DOT record label: every sign of its grammar with a backslash.

    >>> record(r"a|{b} \N")
    'a\\|\\{b\\}\\ \\\\N'
    """
    return re.sub(r"\r\n|\r|\n", r"\\n", re.sub(r"[\\{}|<> ]", r"\\\g<0>", printable(text)))


def label(text: str) -> str:
    r"""Text for a DOT label that is not a record: backslashes doubled, line breaks as \n.

    >>> label(r"\N")
    '\\\\N'
    """
    return re.sub(r"\r\n|\r|\n", r"\\n", printable(text).replace("\\", r"\\"))
