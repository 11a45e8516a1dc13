"""Characters that a terminal or a text obeys, for viz and nn too: in a stranger's name they are shown, not obeyed."""

from __future__ import annotations

import re

# Unicode's controls (C0, C1), what turns a text around (N. Boucher, R. Anderson (2021), Trojan Source, table 1), halves
# of surrogate pairs, and two numbers that are no characters.
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def printable(text: str, keep: str = "") -> str:
    r"""The text with pictures of its control characters, or � where there is none.

    Args:
        text: such as a name that came with a file.
        keep: control characters that stay, such as the line breaks of a message.

    Example:
        >>> printable("\x1b[31mred\n"), printable("a\u202eb"), printable("two\nlines", keep="\n")
        ('␛[31mred␊', 'a�b', 'two\nlines')
    """

    def shown(match: re.Match[str]) -> str:
        number = ord(match[0])
        if match[0] in keep:
            return match[0]
        return chr(0x2400 + number) if number < 0x20 else {0x7F: "␡"}.get(number, "�")

    return text if text.isprintable() else re.sub(_OBEYED, shown, text)
