"""A page in one file: a policy that lets its own script run alone, data that end no element, a theme's colours."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import fields
from hashlib import sha256

from viz.theme import Theme


def policy(script: str, style: str) -> str:
    """What the browser allows: this script and this style, and nothing from anywhere.

    >>> policy("f()", "a{}")[:50]
    "default-src 'none'; script-src 'sha256-GcEEE0IkDzI"
    """
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def data(content: object) -> str:
    """Data as JSON that can stand in a page: nothing in it ends the element or begins another.

    >>> data(["</script>&"])
    '["\\\\u003c/script\\\\u003e\\\\u0026"]'
    """
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return re.sub("[<>&\u2028\u2029]", lambda c: f"\\u{ord(c[0]):04x}", text)


def colours(theme: Theme) -> dict[str, str]:
    """A theme's colours, #RRGGBB, by name."""
    paints = {
        f"{role}-{part.name}": getattr(paint, part.name)
        for role, paint in theme.roles.items()
        for part in fields(paint)
    }
    return paints | {f.name: getattr(theme, f.name) for f in fields(theme) if isinstance(f.default, str)}


def variables(theme: Theme, style: str) -> str:
    """The colours that a style has, and the length of a dash, as CSS variables."""
    lines = [f"--{name}: {colour};" for name, colour in colours(theme).items() if f"--{name})" in style]
    return ":root { " + " ".join([*lines, f"--dash: {sum(theme.dash):g};"]) + " }\n"
